import { describe, expect, it } from 'vitest';
import { createResampler } from '#main/chexnet/evaluation/bootstrap';
import { estimateAuroc, estimateMeanAuroc, pairedTest } from '#main/chexnet/evaluation/delong';
import { measure } from '#main/chexnet/evaluation/measure';
import { rankScores } from '#main/chexnet/evaluation/rankedFilms';
import { comparedFindings } from './readFixture';

describe('the variance of an AUROC', () => {
  it("is pROC's, as are its interval and the paired test", () => {
    for (const { first, second, expected } of comparedFindings()) {
      const { interval } = estimateAuroc(first, 'film')!;
      const test = pairedTest(first, second, 'film')!;
      const { low, high, standardError, z, p } = expected.delong;
      expect(interval!.standardError).toBeCloseTo(standardError, 10);
      expect(interval!.low).toBeCloseTo(low, 10);
      expect(interval!.high).toBeCloseTo(high, 10);
      expect(test.difference / test.standardError).toBeCloseTo(z, 8);
      // The normal tail is a fit with a relative error below 1.2e-7.
      expect(test.p / p).toBeCloseTo(1, 6);
    }
  });

  it("is Obuchowski's where films of a patient belong together", () => {
    for (const { first, second, expected } of comparedFindings()) {
      const { standardError, differenceStandardError } = expected.clustered;
      expect(estimateAuroc(first, 'patient')!.interval!.standardError).toBeCloseTo(standardError, 12);
      expect(pairedTest(first, second, 'patient')!.standardError).toBeCloseTo(differenceStandardError, 12);
    }
  });

  it('does not exist where all positive films are of one patient', () => {
    const sample = rankScores({
      scores: Float64Array.of(0.9, 0.8, 0.1, 0.2),
      labels: [1, 1, 0, 0],
      patients: Int32Array.of(0, 0, 1, 2),
      patientCount: 3,
    });
    expect(estimateAuroc(sample, 'patient')).toEqual({ auroc: 1, interval: null });
    expect(pairedTest(sample, sample, 'patient')).toBeNull();
    expect(pairedTest(sample, sample, 'film')).toMatchObject({ difference: 0, standardError: 0, p: 1 });
  });

  it('of a mean over findings is that of the one finding, and that of resampled patients', () => {
    const samples = comparedFindings().map(({ first }) => first);
    for (const { first, expected } of comparedFindings()) {
      const { interval } = estimateMeanAuroc([first])!;
      expect(interval!.standardError / expected.clustered.standardError).toBeCloseTo(1, 1);
    }
    const { auroc, interval } = estimateMeanAuroc(samples)!;
    const resample = createResampler(samples[0]!.patientCount, 5);
    const means = Array.from({ length: 300 }, () => {
      const weights = resample();
      return samples.reduce((sum, sample) => sum + measure(sample, undefined, weights).auroc, 0) / samples.length;
    });
    const spread = Math.sqrt(means.reduce((sum, mean) => sum + (mean - auroc) ** 2, 0) / means.length);
    expect(spread / interval!.standardError).toBeGreaterThan(0.85);
    expect(spread / interval!.standardError).toBeLessThan(1.15);
    expect(estimateMeanAuroc([])).toBeNull();
  });
});
