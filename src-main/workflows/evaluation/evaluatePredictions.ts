/** A table of probabilities and a table of labels → the report of an evaluation. No engine and no film is needed. */
import type { EvaluationReport } from '#main/contract/evaluation';
import { readLabelTable } from '#main/chexnet/dataset/readLabelTable';
import { joinScores } from '#main/chexnet/evaluation/joinScores';
import { measureJoined, type MeasureRequest } from './measureJoined';
import { readScores } from './readScores';
import { readTableFile } from './readTableFile';

export type EvaluationRequest = MeasureRequest & {
  /** Files. */
  readonly predictions: string;
  readonly labels: string;
};

/** Throws `label/…`, `file/…`, `usage/invalid`, `task/cancelled`. */
export async function evaluatePredictions(
  request: EvaluationRequest,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<EvaluationReport> {
  const labels = readLabelTable(await readTableFile(request.labels));
  const { table, model } = await readScores(request.predictions, labels);
  const joined = joinScores(table, labels);
  const source = { predictions: request.predictions, images: null, labels: request.labels, model };
  const unscored = table.unscoredLines.length;
  const warnings = unscored === 0 ? [] : [`${unscored} rows of the predictions have no probability.`];
  return measureJoined(joined, { ...request, table: labels, source, card: null, warnings }, signal);
}
