import { describe, expect, it } from 'vitest';
import { shareInterval, withShareInterval } from '#main/chexnet/evaluation/bootstrap';

const ALIKE = new Float64Array(1000);
const DRAWS = Float64Array.from({ length: 1000 }, (_, draw) => draw / 1000);

/** scipy.stats.binomtest(0, n).proportion_ci(0.95, 'exact').high of SciPy 1.17.1. */
const HIGH = { 1: 0.975, 3: 0.7075982261787133, 5: 0.5218237501049814, 19: 0.17646691180717203 };

describe('shareInterval', () => {
  it('is that of Clopper and Pearson where all draws are alike, each patient one trial', () => {
    for (const [patients, high] of Object.entries(HIGH)) {
      const none = shareInterval(0, ALIKE, () => Number(patients));
      expect(none!.low).toBe(0);
      expect(none!.high).toBeCloseTo(high, 9);
      const all = shareInterval(1, ALIKE, () => Number(patients));
      expect(all!.low).toBeCloseTo(1 - high, 9);
      expect(all!.high).toBe(1);
    }
    expect(shareInterval(0, ALIKE, () => 3, 100)!.high).toBeCloseTo(100 * HIGH[3], 5);
    const percent = shareInterval(100, ALIKE, () => 3, 100)!;
    expect([percent.low, percent.high]).toEqual([expect.closeTo(100 * (1 - HIGH[3]), 7), 100]);
  });

  it('is the middle of the draws elsewhere, whoever the patients are', () => {
    const unasked = (): never => {
      throw new Error('Nobody needs the patients.');
    };
    const interval = shareInterval(0.5, DRAWS, unasked)!;
    expect(interval.low).toBeCloseTo(0.025 * 0.999, 12);
    expect(interval.high).toBeCloseTo(0.975 * 0.999, 12);
  });

  it('stands under its name in a report, and not where the share is not defined', () => {
    const { npv, npvLow, npvHigh } = withShareInterval('npv', 1, ALIKE, () => 1);
    expect([npv, npvHigh]).toEqual([1, 1]);
    expect(npvLow).toBeCloseTo(0.025, 9);
    expect(withShareInterval('npv', Number.NaN, DRAWS, () => 5)).toEqual({ npv: null, npvLow: null, npvHigh: null });
  });
});
