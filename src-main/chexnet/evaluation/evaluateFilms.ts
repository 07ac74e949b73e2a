/**
 * Everything that an evaluation says of a model's probabilities on labelled films. It is long work, cut into pieces:
 * the generator yields between them, so that its caller can give others a turn, and stop.
 */
import type { EvaluationReport } from '#main/contract/evaluation';
import { bootstrapFindings } from './bootstrapFindings';
import { calibrationOutcomes } from './calibrationOutcomes';
import { compareModels } from './compareModels';
import { confounders } from './confounders';
import { planCutoffs, type CutoffPlan } from './cutoffPlan';
import { parseRule } from './cutoffRules';
import { evaluateFinding, withIntervals, type FindingTask } from './evaluateFinding';
import { splitHalves } from './halves';
import { rankSample } from './rankedSample';
import { ruleOutcome } from './ruleOutcomes';
import { countPatients, findingSample, whyUndefined, type ScoredFilms } from './scoredFilms';
import { subgroups } from './subgroups';

export type EvaluationOptions = {
  readonly cutoffs: CutoffPlan;
  readonly bootstraps: number;
  readonly seed: number;
  /** Share of positives to re-weight PPV and NPV to. */
  readonly prevalence: number | null;
  /** A model to compare with, on films of the same names. */
  readonly other: { readonly name: string; readonly set: ScoredFilms } | null;
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
>;

/** Those that stand beside the chosen one in every report. */
const COMPARED_RULES = [
  ...['fixed:0.5', 'youden', 'f1', 'specificity:0.95', 'specificity:0.98', 'sensitivity:0.9', 'budget:0.15'],
].map(parseRule);

export function* evaluateFilms(set: ScoredFilms, options: EvaluationOptions): Generator<unknown, EvaluatedFilms> {
  const { bootstraps: count, seed, prevalence, other } = options;
  const resampling = { count, seed };
  const plan = planCutoffs(set, options.cutoffs, seed);
  const tasks = set.findings.map((_, index) => rankFinding(set, plan.reportedOn, index, plan.cutoffs[index] ?? null));
  yield;
  const figures = yield* bootstrapFindings(tasks, { patientCount: set.patientCount, ...resampling });
  const rules = yield* compareRules(set, plan, resampling);
  const findings = tasks.map((task, index) => {
    const normalsFlagged = rules[0]?.split[task.finding] ?? null;
    return [
      task.finding,
      evaluateFinding(task, figures.findings[index]!, { set, prevalence, normalsFlagged }),
    ] as const;
  });
  yield;
  const halves = splitHalves(set, seed);
  return {
    n: set.films.length,
    patients: countPatients(set.patients),
    bootstrap: { ...resampling, by: 'patient' },
    findings: Object.fromEntries(findings),
    mean: {
      ...withIntervals(figures.mean),
      findings: tasks.filter(({ sample }) => whyUndefined(sample) === null).length,
    },
    cutoffs: plan.used,
    rules,
    calibration: set.findings.flatMap((_, index) => calibrationOutcomes(halves, index)),
    subgroups: yield* subgroups(set, plan),
    confounders: set.findings.flatMap((_, index) => confounders(set, index)),
    comparison: other === null ? null : yield* compareModels(set, other.set, other.name, resampling),
  };
}

function rankFinding(set: ScoredFilms, reportedOn: ScoredFilms, index: number, cutoff: number | null): FindingTask {
  const sample = findingSample(set, index);
  const all = rankSample(sample);
  const reported = reportedOn === set ? all : rankSample(findingSample(reportedOn, index));
  return { finding: set.findings[index]!, sample, all, reported, cutoff };
}

/** The one in use first. */
function* compareRules(
  set: ScoredFilms,
  { cutoffs, reportedOn, used }: ReturnType<typeof planCutoffs>,
  resampling: { readonly count: number; readonly seed: number },
): Generator<unknown, EvaluationReport['rules']> {
  const outcomes = [ruleOutcome(reportedOn, used.rule, cutoffs, resampling)];
  for (const rule of COMPARED_RULES) {
    const other = planCutoffs(set, { from: 'halves', rule }, resampling.seed);
    if (other.used.rule === used.rule) continue;
    outcomes.push(ruleOutcome(other.reportedOn, other.used.rule, other.cutoffs, resampling));
    yield;
  }
  return outcomes;
}
