/** The same figures for women and men, young and old, AP and PA: where a model is worse, a mean hides it. */
import type { SubgroupEvaluation } from '#main/contract/evaluation';
import { estimateAuroc } from './delong';
import { thresholdOf } from './operatingPoint';
import {
  countPatients,
  findingSample,
  selectFilms,
  whyUndefined,
  type FindingSample,
  type ScoredFilm,
  type ScoredFilms,
} from './scoredFilms';

type Group = {
  readonly by: SubgroupEvaluation['by'];
  readonly group: string;
  readonly holds: (film: ScoredFilm) => boolean;
};

const AGE_BANDS: readonly (readonly [group: string, from: number, below: number])[] = [
  ['under 18', 0, 18],
  ['18 to 39', 18, 40],
  ['40 to 64', 40, 65],
  ['65 and over', 65, Number.POSITIVE_INFINITY],
];

function groupsOf(films: readonly ScoredFilm[]): Group[] {
  const views = [...new Set(films.flatMap(({ view }) => (view === null ? [] : [view])))].sort();
  return [
    { by: 'sex', group: 'female', holds: ({ sex }) => sex === 'F' },
    { by: 'sex', group: 'male', holds: ({ sex }) => sex === 'M' },
    { by: 'sex', group: 'not known', holds: ({ sex }) => sex === null },
    ...AGE_BANDS.map(([group, from, below]): Group => ({
      by: 'age',
      group,
      holds: ({ ageYears }) => ageYears !== null && ageYears >= from && ageYears < below,
    })),
    { by: 'age', group: 'not known', holds: ({ ageYears }) => ageYears === null },
    ...views.map((group): Group => ({ by: 'view', group, holds: ({ view }) => view === group })),
    { by: 'view', group: 'not known', holds: ({ view }) => view === null },
  ];
}

export type SubgroupOptions = {
  /** Sensitivity and specificity are at these cut-offs, on these films. */
  readonly reportedOn: ScoredFilms;
  readonly cutoffs: readonly (number | null)[];
};

/** Groups without a film are left out. Yields after each. */
export function* subgroups(set: ScoredFilms, options: SubgroupOptions): Generator<unknown, SubgroupEvaluation[]> {
  const found: SubgroupEvaluation[] = [];
  for (const group of groupsOf(set.films)) {
    const evaluated = subgroup(set, group, options);
    if (evaluated.n > 0) found.push(evaluated);
    yield;
  }
  return found;
}

function subgroup(
  set: ScoredFilms,
  { by, group, holds }: Group,
  { reportedOn, cutoffs }: SubgroupOptions,
): SubgroupEvaluation {
  const films = selectFilms(set, (film) => holds(set.films[film]!));
  const reported = selectFilms(reportedOn, (film) => holds(reportedOn.films[film]!));
  const findings = set.findings.map((finding, index) => {
    const sample = findingSample(films, index);
    const rates = ratesAt(findingSample(reported, index), cutoffs[index] ?? null);
    return [finding, { ...aurocOf(sample), ...rates }] as const;
  });
  const aurocs = findings.flatMap(([, { auroc }]) => (auroc === null ? [] : [auroc]));
  return {
    by,
    group,
    n: films.films.length,
    patients: countPatients(films.patients),
    meanAuroc: aurocs.length === 0 ? null : aurocs.reduce((sum, auroc) => sum + auroc, 0) / aurocs.length,
    findings: Object.fromEntries(findings),
  };
}

function aurocOf(sample: FindingSample) {
  const estimate = estimateAuroc(sample, 'patient');
  return {
    n: sample.labels.length,
    positives: sample.positives,
    auroc: estimate?.auroc ?? null,
    aurocLow: estimate?.interval?.low ?? null,
    aurocHigh: estimate?.interval?.high ?? null,
    undefinedReason: whyUndefined(sample),
  };
}

function ratesAt({ scores, labels, positives }: FindingSample, cutoff: number | null) {
  const negatives = labels.length - positives;
  const threshold = thresholdOf(cutoff);
  let truePositives = 0;
  let falsePositives = 0;
  scores.forEach((score, film) => {
    if (score < threshold) return;
    if (labels[film] === 1) truePositives++;
    else falsePositives++;
  });
  return {
    sensitivity: cutoff === null || positives === 0 ? null : truePositives / positives,
    specificity: cutoff === null || negatives === 0 ? null : 1 - falsePositives / negatives,
  };
}
