import { describe, expect, it } from 'vitest';
import { growthPerFilm } from './memorySeries';

describe('growthPerFilm', () => {
  it('finds the slope under the saw-teeth of a garbage collector', () => {
    const teeth = Array.from({ length: 40 }, (_, i) => [i * 100, 300e6 + i * 100 * 5_000 + (i % 4) * 8e6] as const);
    expect(growthPerFilm(teeth)).toBeGreaterThan(4_500);
    expect(growthPerFilm(teeth)).toBeLessThan(5_500);
  });

  it('is nothing where memory only swings', () => {
    const swings = Array.from({ length: 40 }, (_, i) => [i * 100, 300e6 + (i % 2) * 30e6] as const);
    expect(growthPerFilm(swings)).toBe(0);
  });
});
