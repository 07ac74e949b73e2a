/** A table of probabilities and a table of labels → the report of an evaluation. No engine and no film is needed. */
import type { EvaluationReport } from '#main/contract/evaluation';
import { joinScores } from '#main/chexnet/evaluation/joinScores';
import { measureJoined, type MeasureRequest } from './measureJoined';
import { nameLabels, readLabels } from './readReaders';
import { readScores } from './readScores';

export type EvaluationRequest = MeasureRequest & {
  /** Files. */
  readonly predictions: string;
  /** Null: what most of the readers say. */
  readonly labels: string | null;
};

/** Throws `label/…`, `file/…`, `usage/invalid`, `task/cancelled`. */
export async function evaluatePredictions(
  request: EvaluationRequest,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<EvaluationReport> {
  const labels = await readLabels(request.labels, request.readers);
  const { table, model } = await readScores(request.predictions, labels);
  const joined = joinScores(table, labels);
  const source = { predictions: request.predictions, images: null, labels: nameLabels(request.labels), model };
  const unscored = table.unscoredLines.length;
  const warnings = unscored === 0 ? [] : [`${unscored} rows of the predictions have no probability.`];
  return measureJoined(joined, { ...request, table: labels, source, card: null, warnings }, signal);
}
