/** The same figures for women and men, young and old, AP and PA: where a model is worse, a mean hides it. */
import type { SubgroupEvaluation } from '#main/contract/evaluation';
import { estimateAuroc } from './delong';
import { measure } from './measure';
import { ratesOf } from './operatingPoint';
import { countPatients, partOf, whyUndefined, type RankedFilms, type RankedSample } from './rankedFilms';
import type { ScoredFilm } from './scoredFilms';

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
  readonly reportedOn: RankedFilms;
  readonly cutoffs: readonly (number | null)[];
};

/** Groups without a film are left out. Yields after each. */
export function* subgroups(films: RankedFilms, options: SubgroupOptions): Generator<unknown, SubgroupEvaluation[]> {
  const found: SubgroupEvaluation[] = [];
  for (const group of groupsOf(films.set.films)) {
    const evaluated = subgroup(films, group, options);
    if (evaluated.n > 0) found.push(evaluated);
    yield;
  }
  return found;
}

function subgroup(
  films: RankedFilms,
  { by, group, holds }: Group,
  { reportedOn, cutoffs }: SubgroupOptions,
): SubgroupEvaluation {
  const { set } = films;
  const members = Uint8Array.from(set.films, (film) => (holds(film) ? 1 : 0));
  const part = partOf(films, members);
  const reported = partOf(reportedOn, members);
  const findings = set.findings.map((finding, index) => {
    const rates = ratesAt(reported.samples[index]!, cutoffs[index] ?? null);
    return [finding, { ...aurocOf(part.samples[index]!), ...rates }] as const;
  });
  const aurocs = findings.flatMap(([, { auroc }]) => (auroc === null ? [] : [auroc]));
  return {
    by,
    group,
    n: part.films.length,
    patients: countPatients(set.patients, part.films),
    meanAuroc: aurocs.length === 0 ? null : aurocs.reduce((sum, auroc) => sum + auroc, 0) / aurocs.length,
    findings: Object.fromEntries(findings),
  };
}

function aurocOf(sample: RankedSample) {
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

function ratesAt(sample: RankedSample, cutoff: number | null) {
  if (cutoff === null) return { sensitivity: null, specificity: null };
  const { sensitivity, specificity } = ratesOf(measure(sample, { cutoff, reported: null }));
  return {
    sensitivity: Number.isNaN(sensitivity) ? null : sensitivity,
    specificity: Number.isNaN(specificity) ? null : specificity,
  };
}
