import { describe, expect, it } from 'vitest';
import { aurocOf } from '#main/chexnet/evaluation/auroc';
import { measure } from '#main/chexnet/evaluation/measure';
import { ratesOf } from '#main/chexnet/evaluation/operatingPoint';
import { rankScores } from '#main/chexnet/evaluation/rankedFilms';
import { comparedFindings, countingAt, REFERENCE_CUTOFF } from './readFixture';

/** Sums of 2,000 doubles in another order. */
const DECIMALS = 12;

function rounded(figures: Readonly<Record<string, number>>) {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, value.toFixed(DECIMALS)]));
}

describe('the figures of a finding', () => {
  it("are scikit-learn's, also where most scores are ties", () => {
    for (const { first, second, expected } of comparedFindings()) {
      const { auroc, averagePrecision, brier, ece, ...counts } = measure(first, countingAt(first, REFERENCE_CUTOFF));
      const { auroc: otherAuroc, averagePrecision: otherAveragePrecision } = measure(second);
      const { f1 } = ratesOf(counts);
      const { delong } = expected;
      expect(rounded({ auroc, averagePrecision, brier, ece, f1, otherAuroc, otherAveragePrecision })).toEqual(
        rounded({
          auroc: expected.auroc,
          averagePrecision: expected.averagePrecision,
          brier: expected.brier,
          ece: expected.ece,
          f1: expected.f1,
          otherAuroc: delong.otherAuroc,
          otherAveragePrecision: expected.otherAveragePrecision,
        }),
      );
    }
  });

  it('of a patient drawn twice are those of films that are there twice', () => {
    const [{ first } = {}] = comparedFindings();
    const weights = new Float64Array(first!.patientCount).map((_, patient) => patient % 3);
    const copies = [...first!.labels.keys()].flatMap((place) =>
      new Array<number>(weights[first!.patients[place]!]!).fill(place),
    );
    const repeated = rankScores({
      scores: Float64Array.from(copies, (place) => first!.scores[place]!),
      labels: copies.map((place) => first!.labels[place]!),
      patients: Int32Array.from(copies, (place) => first!.patients[place]!),
      patientCount: first!.patientCount,
    });
    const drawn = measure(first!, countingAt(first!, 0.2), weights);
    expect(rounded(drawn)).toEqual(rounded(measure(repeated, countingAt(repeated, 0.2))));
  });

  it('count a film whose probability is printed as the cut-off, as every table shows it', () => {
    const sample = rankScores({
      scores: Float64Array.of(0.4999996, 0.4999994, 0.2),
      labels: [1, 1, 0],
      patients: Int32Array.of(0, 1, 2),
      patientCount: 3,
    });
    expect(measure(sample, countingAt(sample, 0.5))).toMatchObject({ truePositives: 1, falsePositives: 0 });
  });

  it('are not defined where a class is missing', () => {
    expect(aurocOf(Float64Array.of(0.1, 0.9), [1, 1])).toBeNull();
    expect(aurocOf(Float64Array.of(0.1, 0.9), [0, -1])).toBeNull();
    expect(aurocOf(new Float64Array(0), [])).toBeNull();
    expect(aurocOf(Float64Array.of(0.3, 0.3), [0, 1])).toBe(0.5);
    expect(aurocOf(Float64Array.of(0.3, Number.NaN, 0.4), [0, 0, 1])).toBe(1);
  });
});
