/**
 * Everything that an evaluation says of a model's probabilities on labelled films. It is long work, cut into pieces:
 * the generator yields between them, so that its caller can give others a turn, and stop.
 */
import type { CalibrationOutcome, EvaluationReport, FindingEvaluation } from '#main/contract/evaluation';
import type { UrgencyTiers } from '#main/contract/findings';
import { bootstrapFindings } from './bootstrapFindings';
import type { Resampling } from './bootstrap';
import { CALIBRATION_METHODS } from './calibrate';
import { calibrationOutcomes } from './calibrationOutcomes';
import { compareModels } from './compareModels';
import { confounders } from './confounders';
import { planCutoffs, type CutoffPlan, type PlannedCutoffs } from './cutoffPlan';
import { parseRule } from './cutoffRules';
import { evaluateFinding, withIntervals, type FindingTask } from './evaluateFinding';
import { splitHalves, type Halves } from './halves';
import { countPatients, rankFilms, whyUndefined, type RankedFilms } from './rankedFilms';
import { ruleOutcomes, type RuleTask } from './ruleOutcomes';
import type { ScoredFilms } from './scoredFilms';
import { studyReaders, type ReaderAnswers } from './studyReaders';
import { subgroups } from './subgroups';
import { waitingTimes } from './waitingTimes';

export type EvaluationOptions = {
  readonly cutoffs: CutoffPlan;
  readonly bootstraps: number;
  readonly seed: number;
  /** Share of positives to re-weight PPV and NPV to. */
  readonly prevalence: number | null;
  /** How urgent each finding is where the films would be read. */
  readonly tiers: UrgencyTiers;
  /** A model to compare with, on films of the same names. */
  readonly other: { readonly name: string; readonly set: ScoredFilms } | null;
  readonly readers: ReaderAnswers | null;
};

/** What the films alone say; where they come from is the caller's to add. */
export type EvaluatedFilms = Pick<
  EvaluationReport,
  | 'n'
  | 'patients'
  | 'bootstrap'
  | 'findings'
  | 'mean'
  | 'cutoffs'
  | 'rules'
  | 'calibration'
  | 'subgroups'
  | 'confounders'
  | 'comparison'
  | 'readers'
>;

/** Those that stand beside the chosen one in every report. */
const COMPARED_RULES = [
  ...['fixed:0.5', 'youden', 'f1', 'specificity:0.95', 'specificity:0.98', 'sensitivity:0.9', 'budget:0.15'],
].map(parseRule);

export function* evaluateFilms(set: ScoredFilms, options: EvaluationOptions): Generator<unknown, EvaluatedFilms> {
  const { bootstraps: count, seed, prevalence, other } = options;
  const { patientCount } = set;
  const resampling = { count, seed };
  const films = rankFilms(set);
  yield;
  const halves = splitHalves(films, seed);
  const plan = planCutoffs(films, halves, options.cutoffs);
  yield;
  const tasks = findingTasks(films, plan);
  const figures = yield* bootstrapFindings(tasks, { patientCount, prevalence, ...resampling });
  const rules = yield* ruleOutcomes(ruleTasks(films, halves, plan), patientCount, resampling);
  const findings: (readonly [string, FindingEvaluation])[] = [];
  const waits = waitingTimes(plan.reportedOn, plan.cutoffs, options.tiers);
  for (const [index, task] of tasks.entries()) {
    const normalsFlagged = rules[0]?.split[task.finding] ?? null;
    const context = { set, prevalence, normalsFlagged, waiting: waits[index] ?? null };
    findings.push([task.finding, evaluateFinding(task, figures.findings[index]!, context)]);
    yield;
  }
  return {
    n: set.films.length,
    patients: countPatients(set.patients, films.films),
    bootstrap: { ...resampling, by: 'patient' },
    findings: Object.fromEntries(findings),
    mean: {
      ...withIntervals(figures.mean),
      findings: films.samples.filter((sample) => whyUndefined(sample) === null).length,
    },
    cutoffs: plan.used,
    rules,
    calibration: yield* allCalibrations(halves, resampling),
    subgroups: yield* subgroups(films, plan),
    confounders: yield* confounders(films),
    comparison: other === null ? null : yield* compareModels(set, other.set, other.name, resampling),
    readers: options.readers === null ? null : yield* studyReaders(set, plan, options.readers, seed),
  };
}

function findingTasks({ set, samples }: RankedFilms, { cutoffs, reportedOn }: PlannedCutoffs): FindingTask[] {
  const isReported = new Uint8Array(set.films.length);
  for (const film of reportedOn.films) isReported[film] = 1;
  return samples.map((sample, index) => ({
    finding: set.findings[index]!,
    sample,
    cutoff: cutoffs[index] ?? null,
    reported: Uint8Array.from(sample.films, (film) => isReported[film]!),
  }));
}

/** The rule in use first. */
function ruleTasks(films: RankedFilms, halves: Halves, { cutoffs, reportedOn, used }: PlannedCutoffs): RuleTask[] {
  const others = COMPARED_RULES.map((rule) => planCutoffs(films, halves, { from: 'halves', rule }));
  return [
    { rule: used.rule, films: reportedOn, cutoffs },
    ...others
      .filter((other) => other.used.rule !== used.rule)
      .map((other) => ({ rule: other.used.rule, films: other.reportedOn, cutoffs: other.cutoffs })),
  ];
}

function* allCalibrations(halves: Halves, resampling: Resampling): Generator<unknown, CalibrationOutcome[]> {
  const outcomes: CalibrationOutcome[] = [];
  for (const index of halves.chosenOn.set.findings.keys()) {
    outcomes.push(...(yield* calibrationOutcomes(halves, index, CALIBRATION_METHODS, resampling)));
  }
  return outcomes;
}
