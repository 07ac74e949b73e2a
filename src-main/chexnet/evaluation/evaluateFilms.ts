/**
 * Everything that an evaluation says of a model's probabilities on labelled films. It is long work, cut into pieces:
 * the generator yields between them, so that its caller can give others a turn, and stop.
 */
import type { CalibrationOutcome, EvaluationReport, FindingEvaluation } from '#main/contract/evaluation';
import { cutoffsByView } from '#main/contract/cutoffs';
import type { UrgencyTiers } from '#main/contract/findings';
import { bootstrapFindings } from './bootstrapFindings';
import type { Resampling } from './bootstrap';
import { CALIBRATION_METHODS } from './calibrate';
import { calibrationOutcomes } from './calibrationOutcomes';
import { compareModels } from './compareModels';
import { confounders } from './confounders';
import { judgesOf, planCutoffs, type ChosenRule, type CutoffPlan, type PlannedCutoffs } from './cutoffPlan';
import { parseRule } from './cutoffRules';
import { evaluateFinding, withIntervals, type FindingTask } from './evaluateFinding';
import { splitHalves, type Halves } from './halves';
import { countPatients, rankFilms, whyUndefined, type RankedFilms } from './rankedFilms';
import { ruleOutcomes, type RuleTask } from './ruleOutcomes';
import { normalFilms, type ScoredFilms } from './scoredFilms';
import { studyReaders, type ReaderAnswers } from './studyReaders';
import { subgroups } from './subgroups';
import { viewEvaluations } from './viewEvaluations';
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
  | 'views'
  | 'confounders'
  | 'comparison'
  | 'readers'
>;

/** Those that stand beside the chosen one in every report. */
const COMPARED_RULES: readonly ChosenRule[] = [
  ...['fixed:0.5', 'youden', 'f1', 'specificity:0.95', 'specificity:0.98', 'sensitivity:0.9', 'budget:0.15'].map(
    (rule) => ({ rule: parseRule(rule), byView: false }),
  ),
  { rule: parseRule('budget:0.15'), byView: true },
];

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
  const findings: (readonly [string, FindingEvaluation])[] = [];
  const waits = yield* waitingTimes(plan.reportedOn, plan.choice, options.tiers, resampling);
  for (const [index, task] of tasks.entries()) {
    const context = { set, prevalence, waiting: waits[index] ?? null };
    findings.push([task.finding, evaluateFinding(task, figures.findings[index]!, context)]);
    yield;
  }
  // The first is for the views: the cut-offs in use, on the films that they are reported on.
  const [inUse, ...rules] = yield* ruleOutcomes(
    set,
    [{ rule: plan.used.rule, parts: [plan] }, ...ruleTasks(films, halves, options.cutoffs, plan)],
    resampling,
  );
  const calibration = yield* allCalibrations(judgesOf(films, halves, options.cutoffs), resampling);
  const groups = yield* subgroups(films, plan, resampling);
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
    ...{ rules, calibration, subgroups: groups },
    views: viewEvaluations(plan, groups, inUse?.views ?? []),
    confounders: yield* confounders(films),
    comparison: other === null ? null : yield* compareModels(set, other.set, other.name, resampling),
    readers: options.readers === null ? null : yield* studyReaders(set, plan, options.readers, seed),
  };
}

function findingTasks({ set, samples }: RankedFilms, plan: PlannedCutoffs): FindingTask[] {
  const { cutoffs, choice, flags, reportedOn } = plan;
  const reported = new Uint8Array(set.films.length);
  for (const film of reportedOn.films) reported[film] = 1;
  const normal = normalFilms(set);
  return samples.map((sample, index) => {
    const cutoff = cutoffs[index] ?? null;
    const finding = set.findings[index]!;
    return {
      ...{ finding, sample, cutoff, reported, normal, cutoffsByView: cutoffsByView(choice, finding) },
      flags: cutoff === null ? null : flags[index]!,
    };
  });
}

/** The rule in use first. */
function ruleTasks(films: RankedFilms, halves: Halves, inUse: CutoffPlan, plan: PlannedCutoffs): RuleTask[] {
  const swapped = { chosenOn: halves.reportedOn, reportedOn: halves.chosenOn };
  const taskOf = (first: PlannedCutoffs, asked: CutoffPlan) => ({
    rule: first.used.rule,
    parts: asked.from === 'halves' ? [first, planCutoffs(films, swapped, asked)] : [first],
  });
  const others = COMPARED_RULES.flatMap((chosen): RuleTask[] => {
    // Where other films choose the cut-offs in use, they choose those beside them too.
    const asked: CutoffPlan = { ...(inUse.from === 'validation' ? inUse : HALVES), ...chosen };
    const task = taskOf(planCutoffs(films, halves, asked), asked);
    // Where nowhere enough films of both views are, it is the rule without views.
    const isOther = !chosen.byView || task.parts.some(({ choice }) => choice.byView !== undefined);
    return isOther && task.rule !== plan.used.rule ? [task] : [];
  });
  return [taskOf(plan, inUse), ...others];
}

const HALVES = { from: 'halves' } as const;

function* allCalibrations(
  { chosenOn, reportedOn }: Halves,
  resampling: Resampling,
): Generator<unknown, CalibrationOutcome[]> {
  const outcomes: CalibrationOutcome[] = [];
  for (const [index, finding] of reportedOn.set.findings.entries()) {
    // Other films may have other findings, and in another order.
    const fitted = chosenOn.samples[chosenOn.set.findings.indexOf(finding)];
    if (fitted === undefined) continue;
    const films = { fitted, reported: reportedOn.samples[index]! };
    outcomes.push(...(yield* calibrationOutcomes(finding, films, CALIBRATION_METHODS, resampling)));
  }
  return outcomes;
}
