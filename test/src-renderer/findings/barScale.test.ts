import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barPosition, CUTOFF_POSITION } from '../../../src-renderer/findings/barScale';

const unit = fc.double({ min: 0, max: 1, noNaN: true });

describe('barPosition', () => {
  it('puts every cut-off in the middle, 0 left and 1 right', () => {
    const positions = [0.059784, 0.5, 0.9].map((cutoff) => [0, cutoff, 1].map((p) => barPosition(p, cutoff)));
    expect(positions).toEqual(Array(3).fill([0, CUTOFF_POSITION, 1]));
  });

  it('is the probability itself where there is no cut-off', () => {
    expect(barPosition(0.3, null)).toBe(0.3);
  });

  it('is right of the middle exactly where the finding is flagged, and grows with the probability', () => {
    fc.assert(
      fc.property(unit, unit, fc.double({ min: 1e-6, max: 0.999999, noNaN: true }), (one, other, cutoff) => {
        expect(barPosition(one, cutoff) >= CUTOFF_POSITION).toBe(one >= cutoff);
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        expect(barPosition(low, cutoff)).toBeLessThanOrEqual(barPosition(high, cutoff));
      }),
    );
  });

  it('holds at the ends of the scale of cut-offs', () => {
    expect([barPosition(0, 0), barPosition(1, 1), barPosition(0.99, 1)]).toEqual([0.5, 1, 0.495]);
  });
});
