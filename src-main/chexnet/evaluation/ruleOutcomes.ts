/** What a rule for cut-offs does to a day's films: alarms on normal films, abnormal films caught, flags to look at. */
import type { RuleOutcome } from '#main/contract/evaluation';
import { createResampler, percentileInterval } from './bootstrap';
import { flagFilms, thresholdOf } from './operatingPoint';
import { isNormal, type ScoredFilms } from './scoredFilms';

export type Resampling = { readonly count: number; readonly seed: number };

/** `set` are other films than those that the rule chose on; `cutoffs` in the order of its findings. */
export function ruleOutcome(
  set: ScoredFilms,
  rule: string,
  cutoffs: readonly (number | null)[],
  resampling: Resampling,
): RuleOutcome {
  const { flags, correct } = flagFilms(set, cutoffs);
  const films = [...set.films.keys()];
  const normals = films.filter((film) => isNormal(set, film));
  const abnormal = films.filter((film) => set.labels.some((column) => column[film] === 1));
  const interval = flaggedInterval(set, normals, flags, resampling);
  const sensitivities = cutoffs.map((cutoff, finding) => sensitivity(set, finding, cutoff));
  return {
    rule,
    cutoffs: Object.fromEntries(set.findings.map((finding, index) => [finding, cutoffs[index] ?? null])),
    n: films.length,
    normals: normals.length,
    normalsFlagged: share(normals, (film) => flags[film]! > 0),
    normalsFlaggedLow: interval?.low ?? null,
    normalsFlaggedHigh: interval?.high ?? null,
    filmsFlagged: share(films, (film) => flags[film]! > 0) ?? 0,
    abnormalWithCorrectFlag: share(abnormal, (film) => correct[film] === 1),
    flagsPerFilm: flags.reduce((sum, count) => sum + count, 0) / films.length,
    meanSensitivity: mean(sensitivities),
    split: Object.fromEntries(
      set.findings.map((finding, index) => {
        const threshold = thresholdOf(cutoffs[index] ?? null);
        const column = set.probabilities[index]!;
        return [finding, share(normals, (film) => column[film]! >= threshold)];
      }),
    ),
  };
}

function sensitivity(set: ScoredFilms, finding: number, cutoff: number | null): number | null {
  const column = set.probabilities[finding]!;
  const labels = set.labels[finding]!;
  const threshold = thresholdOf(cutoff);
  const positives = [...labels.keys()].filter((film) => labels[film] === 1 && !Number.isNaN(column[film]));
  return share(positives, (film) => column[film]! >= threshold);
}

function share(films: readonly number[], is: (film: number) => boolean): number | null {
  return films.length === 0 ? null : films.filter(is).length / films.length;
}

function mean(values: readonly (number | null)[]): number | null {
  const defined = values.filter((value) => value !== null);
  return defined.length === 0 ? null : defined.reduce((sum, value) => sum + value, 0) / defined.length;
}

function flaggedInterval(
  set: ScoredFilms,
  normals: readonly number[],
  flags: Uint16Array,
  { count, seed }: Resampling,
) {
  const films = new Float64Array(set.patientCount);
  const flagged = new Float64Array(set.patientCount);
  for (const film of normals) {
    const patient = set.patients[film]!;
    films[patient]! += 1;
    if (flags[film]! > 0) flagged[patient]! += 1;
  }
  const resample = createResampler(set.patientCount, seed);
  const draws = Float64Array.from({ length: count }, () => {
    const weights = resample();
    return dot(weights, flagged) / dot(weights, films);
  });
  return normals.length === 0 ? null : percentileInterval(draws);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}
