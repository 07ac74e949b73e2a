/** A table of probabilities and a table of labels → the report of an evaluation. No engine and no film is needed. */
import type { ModelCard } from '#main/contract/card';
import type { EvaluationReport } from '#main/contract/evaluation';
import type { Workbench } from '../openWorkbench';
import { joinOthers } from './joinOthers';
import { measureJoined, type MeasureRequest } from './measureJoined';
import { nameLabels, readLabels } from './readReaders';
import { readScores } from './readScores';

export type EvaluationRequest = MeasureRequest & {
  /** Files. */
  readonly predictions: string;
  /** Null: what most of the readers say. */
  readonly labels: string | null;
  /** Where the table says whose probabilities these are: see `ModelEvaluationRequest`. */
  readonly leaveOutTrained: boolean;
};

type KnownModels = Pick<Workbench['models'], 'list'>;

/** Throws `label/…`, `file/…`, `usage/invalid`, `task/cancelled`. */
export async function evaluatePredictions(
  request: EvaluationRequest,
  { signal, models }: { readonly signal?: AbortSignal; readonly models?: KnownModels } = {},
): Promise<EvaluationReport> {
  const labels = await readLabels(request.labels, request.readers);
  const { table, model } = await readScores(request.predictions, labels);
  const card = model === null || models === undefined ? null : await findCard(models, model.weightsSha256);
  const { joined, warnings: seen } = joinOthers(table, labels, { card, leaveOut: request.leaveOutTrained });
  const source = { predictions: request.predictions, images: null, labels: nameLabels(request.labels), model };
  const unscored = table.unscoredLines.length;
  const warnings = [...seen, ...(unscored === 0 ? [] : [`${unscored} rows of the predictions have no probability.`])];
  return measureJoined(joined, { ...request, table: labels, source, card: null, warnings }, signal);
}

/** A table of a triage was made by these weights; null where they are not here. */
async function findCard(models: KnownModels, weightsSha256: string): Promise<ModelCard | null> {
  const found = (await models.list()).find(({ card }) => card?.weights.sha256 === weightsSha256);
  return found?.card ?? null;
}
