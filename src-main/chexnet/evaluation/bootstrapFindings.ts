/**
 * The figures of all findings, and their intervals: one resample of patients serves every finding, so that the mean
 * over the findings has an honest interval too.
 */
import { createResampler, percentileInterval, shareInterval, type Interval, type Resampling } from './bootstrap';
import { estimateAuroc } from './delong';
import { atPrevalence, ratesOf, type Rates } from './operatingPoint';
import { countPatientsOf, kindsOf, measureKinds, type Counting, type Shared } from './measure';
import type { RankedSample } from './rankedFilms';

/** NaN where a figure is not defined. */
export type Figures = Rates & {
  readonly auroc: number;
  readonly averagePrecision: number;
  readonly brier: number;
  readonly ece: number;
  /** Of 100 normal films, how many get this flag. */
  readonly flagsPer100Normals: number;
  /** PPV and NPV where the share of positives is another one. */
  readonly ppvAtPrevalence: number;
  readonly npvAtPrevalence: number;
};

export type Figure = keyof Figures;

export const FIGURES = [
  'auroc',
  'averagePrecision',
  'brier',
  'ece',
  'f1',
  'sensitivity',
  'specificity',
  'ppv',
  'npv',
  'flagsPer100Normals',
  'ppvAtPrevalence',
  'npvAtPrevalence',
] as const satisfies readonly Figure[];

/** One finding: its films, and what is counted at its cut-offs. `flags` null: it has none. */
export type RankedTask = Counting & { readonly sample: RankedSample };

export type FindingFigures = {
  readonly figures: Figures;
  readonly intervals: Readonly<Record<Figure, Interval | null>>;
};

export type BootstrappedFindings = {
  readonly findings: readonly FindingFigures[];
  /** Over the findings for which a figure is defined. */
  readonly mean: FindingFigures;
};

type PreparedTask = RankedTask & { readonly kinds: Uint8Array; readonly prevalence: number | null };

const NO_PREDICTION = { ppv: Number.NaN, npv: Number.NaN };
const NO_FLAGS = {
  ...{ f1: Number.NaN, sensitivity: Number.NaN, specificity: Number.NaN, ...NO_PREDICTION },
  ...{ flagsPer100Normals: Number.NaN, ppvAtPrevalence: Number.NaN, npvAtPrevalence: Number.NaN },
};

function figuresOf({ sample, flags, kinds, prevalence }: PreparedTask, weights: Float64Array | null): Figures {
  const measures = measureKinds(sample, kinds, weights);
  const { auroc, averagePrecision, brier, ece, normals, normalsFlagged } = measures;
  if (flags === null) return { auroc, averagePrecision, brier, ece, ...NO_FLAGS };
  const rates = ratesOf(measures);
  const reweighted = prevalence === null ? NO_PREDICTION : atPrevalence(rates, prevalence);
  return {
    ...{ auroc, averagePrecision, brier, ece, ...rates },
    flagsPer100Normals: (100 * normalsFlagged) / normals,
    ppvAtPrevalence: reweighted.ppv,
    npvAtPrevalence: reweighted.npv,
  };
}

export type BootstrapOptions = Resampling & {
  readonly patientCount: number;
  /** Share of positives to re-weight PPV and NPV to; null = none. */
  readonly prevalence: number | null;
};

/** Yields after each resample, so that its caller can give others a turn, tell how far it is, and stop. */
export function* bootstrapFindings(
  ranked: readonly RankedTask[],
  { patientCount, count, seed, prevalence }: BootstrapOptions,
): Generator<number, BootstrappedFindings> {
  const tasks = ranked.map((task) => ({ ...task, kinds: kindsOf(task.sample, task), prevalence }));
  const resample = createResampler(patientCount, seed);
  const draws = [...tasks, null].map(() => emptyDraws(count));
  for (let draw = 0; draw < count; draw++) {
    const weights = resample();
    const all = tasks.map((task) => figuresOf(task, weights));
    [...all, meanOf(all)].forEach((figures, place) => {
      for (const figure of FIGURES) draws[place]![figure][draw] = figures[figure];
    });
    yield draw + 1;
  }
  const findings = tasks.map((task) => figuresOf(task, null));
  const withIntervals = (figures: Figures, place: number): FindingFigures => ({
    figures,
    intervals: intervalsOf(figures, draws[place]!, tasks[place] ?? null),
  });
  return { findings: findings.map(withIntervals), mean: withIntervals(meanOf(findings), tasks.length) };
}

type Draws = Record<Figure, Float64Array>;

function emptyDraws(count: number): Draws {
  return Object.fromEntries(FIGURES.map((figure) => [figure, new Float64Array(count)])) as Draws;
}

/** What is not defined for all films has no interval, even where a draw happens to have a value. `task` null: a mean. */
function intervalsOf(figures: Figures, draws: Draws, task: PreparedTask | null): FindingFigures['intervals'] {
  const varies = task === null || estimateAuroc(task.sample, 'patient')?.interval !== null;
  const intervals = FIGURES.map((figure) => {
    const value = figures[figure];
    const isKnown = !Number.isNaN(value) && (varies || !RANKINGS.has(figure));
    return [figure, isKnown ? intervalOf(figure, value, draws[figure], task) : null];
  });
  return Object.fromEntries(intervals) as FindingFigures['intervals'];
}

/** Where one patient has all positives, or all negatives, no draw changes them: as DeLong's they have no interval. */
const RANKINGS: ReadonlySet<Figure> = new Set(['auroc', 'averagePrecision']);

/** The films that a figure is a share of. */
const SHARE_OF: Readonly<Partial<Record<Figure, Shared>>> = {
  sensitivity: 'positives',
  specificity: 'negatives',
  ppv: 'flagged',
  npv: 'unflagged',
  flagsPer100Normals: 'normals',
};

function intervalOf(figure: Figure, value: number, draws: Float64Array, task: PreparedTask | null): Interval | null {
  const of = SHARE_OF[figure];
  // At either end all draws are alike, and say nothing.
  if (task === null || of === undefined) return value === 0 || value === 1 ? null : percentileInterval(draws);
  const whole = figure === 'flagsPer100Normals' ? 100 : 1;
  return shareInterval(value, draws, () => countPatientsOf(task.sample, task.kinds, of), whole);
}

function meanOf(all: readonly Figures[]): Figures {
  const means = FIGURES.map((figure) => {
    const defined = all.map((figures) => figures[figure]).filter((value) => !Number.isNaN(value));
    return [figure, defined.reduce((sum, value) => sum + value, 0) / defined.length];
  });
  return Object.fromEntries(means) as Figures;
}
