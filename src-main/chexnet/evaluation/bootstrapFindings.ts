/**
 * The figures of all findings, and their intervals: one resample of patients serves every finding, so that the mean
 * over the findings has an honest interval too.
 */
import { createResampler, percentileInterval, type Interval, type Resampling } from './bootstrap';
import { atPrevalence, ratesOf, type Rates } from './operatingPoint';
import { kindsOf, measureKinds, type CutoffTask } from './measure';
import type { RankedSample } from './rankedFilms';

/** NaN where a figure is not defined. */
export type Figures = Rates & {
  /** In a population with the stated share of positives; NaN where none was stated. */
  readonly ppvAtPrevalence: number;
  readonly npvAtPrevalence: number;
  readonly auroc: number;
  readonly averagePrecision: number;
  readonly brier: number;
  readonly ece: number;
};

export type Figure = keyof Figures;
export type ReportedFigure = (typeof FIGURES)[number];

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
] as const satisfies readonly Figure[];

const DRAWN = [...FIGURES, 'ppvAtPrevalence', 'npvAtPrevalence'] as const satisfies readonly Figure[];

/** One finding: its films, and those of them that its cut-off is reported on. */
export type RankedTask = CutoffTask & { readonly sample: RankedSample };

export type FindingFigures = {
  readonly figures: Figures;
  readonly intervals: Readonly<Record<Figure, Interval | null>>;
};

export type BootstrappedFindings = {
  readonly findings: readonly FindingFigures[];
  /** Over the findings for which a figure is defined. */
  readonly mean: FindingFigures;
};

const NO_RATES: Rates = { f1: NaN, sensitivity: NaN, specificity: NaN, ppv: NaN, npv: NaN };

type PreparedTask = RankedTask & { readonly kinds: Uint8Array };

function figuresOf(
  { sample, cutoff, kinds }: PreparedTask,
  weights: Float64Array | null,
  prevalence: number | null,
): Figures {
  const measures = measureKinds(sample, kinds, cutoff, weights);
  const { auroc, averagePrecision, brier, ece } = measures;
  const rates = cutoff === null ? NO_RATES : ratesOf(measures);
  const { ppv, npv } = atPrevalence(rates, prevalence ?? Number.NaN);
  return { auroc, averagePrecision, brier, ece, ...rates, ppvAtPrevalence: ppv, npvAtPrevalence: npv };
}

type Options = Resampling & { readonly patientCount: number; readonly prevalence: number | null };

/** Yields after each resample, so that its caller can give others a turn, tell how far it is, and stop. */
export function* bootstrapFindings(
  ranked: readonly RankedTask[],
  { patientCount, count, seed, prevalence }: Options,
): Generator<number, BootstrappedFindings> {
  const tasks = ranked.map((task) => ({ ...task, kinds: kindsOf(task.sample, task.reported) }));
  const resample = createResampler(patientCount, seed);
  const draws = [...tasks, null].map(() => emptyDraws(count));
  for (let draw = 0; draw < count; draw++) {
    const weights = resample();
    const all = tasks.map((task) => figuresOf(task, weights, prevalence));
    [...all, meanOf(all)].forEach((figures, place) => {
      for (const figure of DRAWN) draws[place]![figure][draw] = figures[figure];
    });
    yield draw + 1;
  }
  const findings = tasks.map((task) => figuresOf(task, null, prevalence));
  const withIntervals = (figures: Figures, place: number): FindingFigures => ({
    figures,
    intervals: intervalsOf(figures, draws[place]!),
  });
  return { findings: findings.map(withIntervals), mean: withIntervals(meanOf(findings), tasks.length) };
}

type Draws = Record<Figure, Float64Array>;

function emptyDraws(count: number): Draws {
  return Object.fromEntries(DRAWN.map((figure) => [figure, new Float64Array(count)])) as Draws;
}

/** What is not defined for all films has no interval, even where a draw happens to have a value. */
function intervalsOf(figures: Figures, draws: Draws): FindingFigures['intervals'] {
  const intervals = DRAWN.map((figure) => [
    figure,
    Number.isNaN(figures[figure]) ? null : percentileInterval(draws[figure]),
  ]);
  return Object.fromEntries(intervals) as FindingFigures['intervals'];
}

function meanOf(all: readonly Figures[]): Figures {
  const means = DRAWN.map((figure) => {
    const defined = all.map((figures) => figures[figure]).filter((value) => !Number.isNaN(value));
    return [figure, defined.reduce((sum, value) => sum + value, 0) / defined.length];
  });
  return Object.fromEntries(means) as Figures;
}
