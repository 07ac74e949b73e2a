/** Films judged by a model, and a table of labels → the report of an evaluation. The films take analyseFilm's road. */
import type { ModelCard } from '#main/contract/card';
import { AppError } from '#main/contract/errors';
import type { EvaluationReport } from '#main/contract/evaluation';
import type { LabelTable } from '#main/chexnet/dataset/labelTable';
import { listedPatients, refuseTrainedPatients, trainedOn } from '#main/chexnet/dataset/patientList';
import { joinScores } from '#main/chexnet/evaluation/joinScores';
import type { Workbench } from '../openWorkbench';
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
  const whole = await readLabels(request.labels, request.readers);
  const { card } = await bench.reader(request.modelId);
  const lists = trainedOn(card.patients?.lists ?? []);
  const trained = listedPatients(whole.rows, lists);
  const labels = request.leaveOutTrained ? withoutPatients(whole, trained) : whole;
  const judged = await judgeFilms(bench, request.modelId, request.images, { signal, onProgress });
  const rows = judged.films.map((film, place) => toScoredRow(film, place + 1, labels.joinBy));
  const joined = joinScores({ joinBy: labels.joinBy, findings: card.findings, rows, unscoredLines: [] }, labels);
  refuseTrainedPatients(joined.rows, lists, 'these films');
  const chosenOn = listedPatients(joined.rows, card.patients?.lists ?? []);
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
      warnings: warningsOf(judged, { leftOut: request.leaveOutTrained ? trained.size : 0, validated: chosenOn.size }),
    },
    signal,
  );
}

function withoutPatients(table: LabelTable, patients: ReadonlySet<string>): LabelTable {
  const rows = table.rows.filter(({ patientId }) => patientId === null || !patients.has(patientId));
  if (rows.length > 0) return { ...table, rows };
  throw new AppError(
    'label/leak',
    'The model was trained on all patients of the labels: nobody is left to measure it.',
  );
}

function describeModel({ id, version, weights }: ModelCard, { backend, reader }: JudgedFilms) {
  return { id, version, weightsSha256: weights.sha256, preprocessing: reader.receipt.preprocessing, backend };
}

function warningsOf(
  judged: JudgedFilms,
  patients: { readonly leftOut: number; readonly validated: number },
): readonly string[] {
  const { leftOut, validated } = patients;
  return [
    ...(leftOut === 0 ? [] : [`${leftOut} patients of the labels trained this model: their films are left out.`]),
    ...(validated === 0
      ? []
      : [`${validated} patients here were used to choose this model or its cut-offs: its figures are flattered.`]),
    ...Object.entries(judged.leftOut).map(([code, count]) => `${count} files got no numbers (${code}).`),
  ];
}
