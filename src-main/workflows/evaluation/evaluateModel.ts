/** Films judged by a model, and a table of labels → the report of an evaluation. The films take analyseFilm's road. */
import type { ModelCard } from '#main/contract/card';
import { AppError } from '#main/contract/errors';
import type { EvaluationReport } from '#main/contract/evaluation';
import type { Workbench } from '../openWorkbench';
import { joinOthers } from './joinOthers';
import { judgeFilms, type JudgedFilms } from './judgeFilms';
import { measureJoined, type MeasureRequest } from './measureJoined';
import { nameLabels, readLabels } from './readReaders';
import { toScoredRow } from './toScoredRow';

export type ModelEvaluationRequest = MeasureRequest & {
  /** The active one where none is named. */
  readonly modelId: string | undefined;
  readonly images: readonly string[];
  /** Null: what most of the readers say. */
  readonly labels: string | null;
  /** Films of patients whom the model was trained on are left out instead of ending the work. */
  readonly leaveOutTrained: boolean;
};

export type ModelEvaluationOptions = {
  readonly signal?: AbortSignal;
  readonly onProgress?: (films: number) => void;
};

/** Throws `label/…` (`label/leak`: the model was trained on these patients), `file/…`, `model/…`, `task/cancelled`. */
export async function evaluateModel(
  bench: Pick<Workbench, 'decoder' | 'reader' | 'jobs'>,
  request: ModelEvaluationRequest,
  { signal, onProgress }: ModelEvaluationOptions = {},
): Promise<EvaluationReport> {
  const labels = await readLabels(request.labels, request.readers);
  const { card } = await bench.reader(request.modelId);
  refuseByView(request, card);
  const judged = await judgeFilms(bench, request.modelId, request.images, { signal, onProgress, labels });
  const rows = judged.films.map((film, place) => toScoredRow(film, place + 1, labels.joinBy));
  const scores = { joinBy: labels.joinBy, findings: card.findings, rows, unscoredLines: [] };
  const { joined, warnings } = joinOthers(scores, labels, { card, leaveOut: request.leaveOutTrained });
  return measureJoined(
    joined,
    {
      ...request,
      table: labels,
      card,
      source: {
        ...{ predictions: null, images: request.images.join(', '), labels: nameLabels(request.labels) },
        model: describeModel(card, judged),
      },
      warnings: [
        ...warnings,
        ...Object.entries(judged.leftOut).map(([code, count]) => `${count} files got no numbers (${code}).`),
      ],
    },
    signal,
  );
}

/** Before any film is judged. */
function refuseByView({ byView, rule, validation }: ModelEvaluationRequest, { id, cutoffs }: ModelCard): void {
  if (!byView || rule !== null || validation !== null || cutoffs === null) return;
  throw new AppError(
    'usage/invalid',
    `The cut-offs are those of ${id}'s card, as it has them: --by-view wants a --rule.`,
  );
}

function describeModel({ id, version, weights }: ModelCard, { backend, reader }: JudgedFilms) {
  return { id, version, weightsSha256: weights.sha256, preprocessing: reader.receipt.preprocessing, backend };
}
