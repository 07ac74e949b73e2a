/** What cut-offs do to a day's films: alarms on normal films, abnormal films caught, flags to look at. */
import { CUTOFF_VIEWS } from '#main/contract/cutoffs';
import type { RuleFigure, RuleOutcome } from '#main/contract/evaluation';
import { createResampler, withInterval, withShareInterval, type Resampling } from './bootstrap';
import type { PlannedCutoffs } from './cutoffPlan';
import { countPatientsWith, sumTally, tallyByPatient, type PatientTally } from './patientTally';
import { countPatients, type RankedFilms } from './rankedFilms';
import { frontalViews, normalFilms, type ScoredFilms } from './scoredFilms';

/** Cut-offs and the films that they are reported on; `flags` by finding and film of the set. */
export type RulePart = Pick<PlannedCutoffs, 'cutoffs' | 'flags' | 'reportedOn'>;

/** All parts are of one set, and no film is in two of them. */
export type RuleTask = { readonly rule: string; readonly parts: readonly RulePart[] };

const FIGURES: readonly RuleFigure[] = [
  'normalsFlagged',
  'filmsFlagged',
  'abnormalWithCorrectFlag',
  'flagsPerFilm',
  'meanSensitivity',
];

/** One resample serves all rules; within one the cut-offs stay. Yields after each. */
export function* ruleOutcomes(
  set: ScoredFilms,
  tasks: readonly RuleTask[],
  { count, seed }: Resampling,
): Generator<unknown, RuleOutcome[]> {
  const normal = normalFilms(set);
  const tallies = tasks.map(({ parts }) => tallyRule(set, normal, parts));
  const columns = FIGURES.length + CUTOFF_VIEWS.length + set.findings.length;
  const draws = tasks.map(() => Array.from({ length: columns }, () => new Float64Array(count)));
  const resample = createResampler(set.patientCount, seed);
  for (let draw = 0; draw < count; draw++) {
    const weights = resample();
    tallies.forEach((tally, task) => {
      figuresOf(sumTally(tally, weights)).forEach((value, column) => (draws[task]![column]![draw] = value));
    });
    yield;
  }
  return tasks.map((task, index) => {
    const sums = sumTally(tallies[index]!, null);
    return describeRule(set, task, { tally: tallies[index]!, sums, figures: figuresOf(sums), draws: draws[index]! });
  });
}

/** Columns of a tally. Behind them three for each view, and four for each finding. */
const [FILMS, FILMS_FLAGGED, FLAGS, NORMALS, NORMALS_FLAGGED, ABNORMALS, CORRECT] = [0, 1, 2, 3, 4, 5, 6];
const OF_VIEWS = 7;
const PER_VIEW = 3;
const OF_FINDINGS = OF_VIEWS + PER_VIEW * CUTOFF_VIEWS.length;
const [VIEW_FILMS, VIEW_NORMALS, VIEW_NORMALS_FLAGGED] = [0, 1, 2];
const [POSITIVES, TRUE_POSITIVES, UNJUDGED_NORMALS, FALSE_ALARMS] = [0, 1, 2, 3];
const PER_FINDING = 4;

/** The films that a figure is a share of; the others are means. */
const SHARE_OF: Readonly<Partial<Record<RuleFigure, number>>> = {
  normalsFlagged: NORMALS,
  filmsFlagged: FILMS,
  abnormalWithCorrectFlag: ABNORMALS,
};

function tallyRule(set: ScoredFilms, normal: Uint8Array, parts: readonly RulePart[]): PatientTally {
  const { findings, labels, probabilities, patients } = set;
  const views = frontalViews(set);
  const partOf = new Map(parts.flatMap((part) => [...part.reportedOn.films].map((film) => [film, part] as const)));
  return tallyByPatient(partOf.keys(), patients, OF_FINDINGS + PER_FINDING * findings.length, (film, row) => {
    const { flags } = partOf.get(film)!;
    const isNormal = normal[film]!;
    let flagged = 0;
    let isAbnormal = 0;
    let isCorrect = 0;
    for (let finding = 0; finding < findings.length; finding++) {
      const flag = flags[finding]![film]!;
      const isPositive = Number(labels[finding]![film] === 1);
      flagged += flag;
      isAbnormal |= isPositive;
      isCorrect |= isPositive & flag;
      const own = OF_FINDINGS + PER_FINDING * finding;
      if (Number.isNaN(probabilities[finding]![film]!)) {
        row[own + UNJUDGED_NORMALS]! += isNormal;
        continue;
      }
      row[own + POSITIVES]! += isPositive;
      row[own + TRUE_POSITIVES]! += isPositive & flag;
      row[own + FALSE_ALARMS]! += isNormal & flag;
    }
    const isFlagged = Number(flagged > 0);
    row[FILMS]! += 1;
    row[FILMS_FLAGGED]! += isFlagged;
    row[FLAGS]! += flagged;
    row[NORMALS]! += isNormal;
    row[NORMALS_FLAGGED]! += isNormal & isFlagged;
    row[ABNORMALS]! += isAbnormal;
    row[CORRECT]! += isCorrect;
    const view = views[film] ?? null;
    if (view === null) return;
    const own = OF_VIEWS + PER_VIEW * CUTOFF_VIEWS.indexOf(view);
    row[own + VIEW_FILMS]! += 1;
    row[own + VIEW_NORMALS]! += isNormal;
    row[own + VIEW_NORMALS_FLAGGED]! += isNormal & isFlagged;
  });
}

/** In the order of FIGURES, then the views' and the findings' shares of alarms; NaN where nothing is divided by. */
function figuresOf(sums: Float64Array): number[] {
  const split: number[] = [];
  let [sensitivities, defined] = [0, 0];
  for (let own = OF_FINDINGS; own < sums.length; own += PER_FINDING) {
    split.push(sums[own + FALSE_ALARMS]! / (sums[NORMALS]! - sums[own + UNJUDGED_NORMALS]!));
    if (sums[own + POSITIVES] === 0) continue;
    sensitivities += sums[own + TRUE_POSITIVES]! / sums[own + POSITIVES]!;
    defined++;
  }
  return [
    sums[NORMALS_FLAGGED]! / sums[NORMALS]!,
    sums[FILMS_FLAGGED]! / sums[FILMS]!,
    sums[CORRECT]! / sums[ABNORMALS]!,
    sums[FLAGS]! / sums[FILMS]!,
    sensitivities / defined,
    ...CUTOFF_VIEWS.map((_, view) => {
      const own = OF_VIEWS + PER_VIEW * view;
      return sums[own + VIEW_NORMALS_FLAGGED]! / sums[own + VIEW_NORMALS]!;
    }),
    ...split,
  ];
}

type RuleFigures = {
  readonly tally: PatientTally;
  readonly sums: Float64Array;
  readonly figures: readonly number[];
  readonly draws: readonly Float64Array[];
};

function describeRule(
  { findings, patients }: ScoredFilms,
  { rule, parts }: RuleTask,
  { tally, sums, figures, draws }: RuleFigures,
): RuleOutcome {
  function share<Name extends string>(name: Name, column: number, count: (row: Float64Array) => number) {
    return withShareInterval(name, figures[column]!, draws[column]!, () => countPatientsWith(tally, count));
  }
  const named = FIGURES.map((figure, column) => {
    const of = SHARE_OF[figure];
    if (of === undefined) return withInterval(figure, figures[column]!, draws[column]!);
    return share(figure, column, (row) => row[of]!);
  });
  const split = findings.map((finding, index) => {
    const column = FIGURES.length + CUTOFF_VIEWS.length + index;
    const unjudged = OF_FINDINGS + PER_FINDING * index + UNJUDGED_NORMALS;
    return [finding, share('share', column, (row) => row[NORMALS]! - row[unjudged]!)] as const;
  });
  const views = CUTOFF_VIEWS.flatMap((view, index) => {
    const [own, column] = [OF_VIEWS + PER_VIEW * index, FIGURES.length + index];
    const n = sums[own + VIEW_FILMS]!;
    if (n === 0) return [];
    const normals = sums[own + VIEW_NORMALS]!;
    return [{ view, n, normals, ...share('normalsFlagged', column, (row) => row[own + VIEW_NORMALS]!) }];
  });
  const films = Int32Array.from(parts.flatMap(({ reportedOn }) => [...reportedOn.films]));
  return {
    ...(Object.assign({}, ...named) as Pick<RuleOutcome, RuleFigure | `${RuleFigure}Low` | `${RuleFigure}High`>),
    rule,
    cutoffs: Object.fromEntries(findings.map((finding, index) => [finding, parts[0]?.cutoffs[index] ?? null])),
    n: films.length,
    patients: countPatients(patients, films),
    normals: sums[NORMALS]!,
    abnormals: sums[ABNORMALS]!,
    views,
    parts: parts.map(({ reportedOn, flags }) => describePart(reportedOn, flags)),
    split: Object.fromEntries(split),
  };
}

function describePart({ films, normals }: RankedFilms, flags: RulePart['flags']): RuleOutcome['parts'][number] {
  const flagged = normals.filter((film) => flags.some((column) => column[film] === 1)).length;
  return {
    n: films.length,
    normals: normals.length,
    normalsFlagged: normals.length === 0 ? null : flagged / normals.length,
  };
}
