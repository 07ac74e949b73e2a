/** A table of probabilities and a table of labels → the report of an evaluation. No engine and no film is needed. */
import type { EvaluationReport } from '#main/contract/evaluation';
import { NOTICE } from '#main/contract/prediction';
import { readLabelTable } from '#main/chexnet/dataset/readLabelTable';
import { readPredictionTable } from '#main/chexnet/dataset/readPredictionTable';
import type { LabelTable } from '#main/chexnet/dataset/labelTable';
import type { CutoffPlan } from '#main/chexnet/evaluation/cutoffPlan';
import { parseRule, type CutoffRule } from '#main/chexnet/evaluation/cutoffRules';
import { evaluateFilms } from '#main/chexnet/evaluation/evaluateFilms';
import { joinScores, type JoinedScores } from '#main/chexnet/evaluation/joinScores';
import { NOT_COMPARABLE, PUBLISHED_SOURCES } from '#main/chexnet/evaluation/published';
import { rankFilms } from '#main/chexnet/evaluation/rankedFilms';
import { readTableFile } from './readTableFile';
import { workInSlices } from './workInSlices';

export type EvaluationRequest = {
  /** Files. */
  readonly predictions: string;
  readonly labels: string;
  /** Another model's probabilities of the same films. */
  readonly paired: string | null;
  /** Probabilities of other films, which choose the cut-offs; their labels are in `labels`, or in a table of theirs. */
  readonly validation: { readonly predictions: string; readonly labels: string | null } | null;
  readonly rule: string;
  readonly prevalence: number | null;
  readonly bootstraps: number;
  readonly seed: number;
};

export type EvaluateOptions = { readonly signal?: AbortSignal };

/** Throws `label/…`, `file/…`, `usage/invalid`, `task/cancelled`. */
export async function evaluatePredictions(
  request: EvaluationRequest,
  { signal }: EvaluateOptions = {},
): Promise<EvaluationReport> {
  const rule = parseRule(request.rule);
  const labels = readLabelTable(await readTableFile(request.labels));
  const joined = joinScores(await readScores(request.predictions, labels), labels);
  const other = request.paired === null ? null : joinScores(await readScores(request.paired, labels), labels).set;
  const evaluated = await workInSlices(
    evaluateFilms(joined.set, {
      cutoffs: await planOf(request, rule, labels),
      bootstraps: request.bootstraps,
      seed: request.seed,
      prevalence: request.prevalence,
      other: other === null || request.paired === null ? null : { name: request.paired, set: other },
    }),
    signal,
  );
  return {
    notice: NOTICE,
    ...evaluated,
    source: {
      predictions: request.predictions,
      images: null,
      labels: request.labels,
      labelFormat: labels.format,
      model: null,
      unlabelled: joined.unlabelled,
      unscored: joined.unscored,
    },
    published: { sources: PUBLISHED_SOURCES, notComparable: NOT_COMPARABLE },
    checklist: [],
    warnings: warningsOf(joined),
  };
}

async function readScores(file: string, { joinBy, findings }: LabelTable) {
  return readPredictionTable(await readTableFile(file), { joinBy, vocabulary: findings });
}

async function planOf(request: EvaluationRequest, rule: CutoffRule, labels: LabelTable): Promise<CutoffPlan> {
  const { validation } = request;
  if (validation === null) return { from: 'halves', rule };
  const own = validation.labels === null ? labels : readLabelTable(await readTableFile(validation.labels));
  const { set } = joinScores(await readScores(validation.predictions, own), own);
  return { from: 'validation', rule, films: rankFilms(set), name: validation.predictions };
}

function warningsOf({ warnings, unlabelled }: JoinedScores): string[] {
  const left = unlabelled === 0 ? [] : [`${unlabelled} films with probabilities have no labels and are left out.`];
  return [...left, ...warnings];
}
