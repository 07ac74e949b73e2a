/** The same figures for women and men, young and old, AP and PA: where a model is worse, a mean hides it. */
import type { SubgroupEvaluation, SubgroupFinding } from '#main/contract/evaluation';
import { createResampler, withShareInterval, type Resampling } from './bootstrap';
import type { PlannedCutoffs } from './cutoffPlan';
import { estimateAuroc, estimateMeanAuroc } from './delong';
import { countPatientsWith, sumTally, tallyByPatient, type PatientTally } from './patientTally';
import { countPatients, partOf, whyUndefined, type RankedFilms, type RankedSample } from './rankedFilms';
import type { ScoredFilm, ScoredFilms } from './scoredFilms';

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

/** Groups without a film are left out. Yields after each resample. */
export function* subgroups(
  films: RankedFilms,
  { reportedOn, flags, cutoffs }: PlannedCutoffs,
  { count, seed }: Resampling,
): Generator<unknown, SubgroupEvaluation[]> {
  const { set } = films;
  const groups = groupsOf(set.films).flatMap((group): GroupFilms[] => {
    const members = Uint8Array.from(set.films, (film) => (group.holds(film) ? 1 : 0));
    const part = partOf(films, members);
    if (part.films.length === 0) return [];
    return [{ ...group, part, tally: tallyFlags(partOf(reportedOn, members), flags) }];
  });
  const draws = groups.map(() => set.findings.map(() => emptyDraws(count)));
  const resample = createResampler(set.patientCount, seed);
  for (let draw = 0; draw < count; draw++) {
    const weights = resample();
    groups.forEach(({ tally }, group) => {
      countFlags(sumTally(tally, weights)).forEach((counts, finding) => {
        const own = draws[group]![finding]!;
        own.sensitivity[draw] = counts.sensitivity;
        own.specificity[draw] = counts.specificity;
      });
    });
    yield;
  }
  return groups.map((group, index) => describeGroup(set, group, cutoffs, draws[index]!));
}

type Draws = { readonly sensitivity: Float64Array; readonly specificity: Float64Array };

function emptyDraws(count: number): Draws {
  return { sensitivity: new Float64Array(count), specificity: new Float64Array(count) };
}

type GroupFilms = Group & { readonly part: RankedFilms; readonly tally: PatientTally };

/** Columns of a tally. Behind the number of films four for each finding, which are 0 for most patients. */
const FILMS = 0;
const OF_FINDINGS = 1;
const [POSITIVES, TRUE_POSITIVES, FALSE_POSITIVES, UNKNOWN] = [0, 1, 2, 3];
const PER_FINDING = 4;

function tallyFlags({ set, films }: RankedFilms, flags: readonly Uint8Array[]): PatientTally {
  const { findings, labels, probabilities, patients } = set;
  return tallyByPatient(films, patients, OF_FINDINGS + PER_FINDING * findings.length, (film, row) => {
    row[FILMS]! += 1;
    for (let finding = 0; finding < findings.length; finding++) {
      const own = OF_FINDINGS + PER_FINDING * finding;
      const label = labels[finding]![film]!;
      const flag = flags[finding]![film]!;
      if (label < 0 || Number.isNaN(probabilities[finding]![film]!)) row[own + UNKNOWN]! += 1;
      else if (label === 0) row[own + FALSE_POSITIVES]! += flag;
      else {
        row[own + POSITIVES]! += 1;
        row[own + TRUE_POSITIVES]! += flag;
      }
    }
  });
}

type FlagCounts = {
  readonly positives: number;
  readonly negatives: number;
  /** NaN where there is none. */
  readonly sensitivity: number;
  readonly specificity: number;
};

/** Of each finding in turn. */
function countFlags(sums: Float64Array): FlagCounts[] {
  const found: FlagCounts[] = [];
  for (let own = OF_FINDINGS; own < sums.length; own += PER_FINDING) {
    const positives = sums[own + POSITIVES]!;
    const negatives = sums[FILMS]! - positives - sums[own + UNKNOWN]!;
    found.push({
      ...{ positives, negatives, sensitivity: sums[own + TRUE_POSITIVES]! / positives },
      specificity: (negatives - sums[own + FALSE_POSITIVES]!) / negatives,
    });
  }
  return found;
}

function describeGroup(
  set: ScoredFilms,
  { by, group, part, tally }: GroupFilms,
  cutoffs: PlannedCutoffs['cutoffs'],
  draws: readonly Draws[],
): SubgroupEvaluation {
  const counts = countFlags(sumTally(tally, null));
  const mean = estimateMeanAuroc(part.samples);
  const findings = set.findings.map((finding, index): readonly [string, SubgroupFinding] => {
    const { positives, negatives } = counts[index]!;
    const hasCutoff = (cutoffs[index] ?? null) !== null;
    function share<Name extends 'sensitivity' | 'specificity'>(name: Name, of: 'positives' | 'negatives') {
      const patients = (): number => countPatientsWith(tally, (row) => countFlags(row)[index]![of]);
      return withShareInterval(name, hasCutoff ? counts[index]![name] : Number.NaN, draws[index]![name], patients);
    }
    return [
      finding,
      {
        ...aurocOf(part.samples[index]!),
        ...{ cutoffN: positives + negatives, cutoffPositives: positives },
        ...share('sensitivity', 'positives'),
        ...share('specificity', 'negatives'),
      },
    ];
  });
  return {
    by,
    group,
    n: part.films.length,
    patients: countPatients(set.patients, part.films),
    meanAuroc: mean?.auroc ?? null,
    meanAurocLow: mean?.interval?.low ?? null,
    meanAurocHigh: mean?.interval?.high ?? null,
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
