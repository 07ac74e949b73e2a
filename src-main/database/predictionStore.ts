/** Predictions: all are kept, the newest of a film is shown. */
import type { FindingCutoff } from '#main/contract/cutoffs';
import { AppError } from '#main/contract/errors';
import type { FilmId } from '#main/contract/ids';
import { audit } from './audit';
import type { PredictionToStore } from './databaseApi';
import { filmRow } from './filmView';
import type { ReadableDb, WritableDb } from './openDatabase';
import { bytesOf, copyOf } from './packGrey';
import { toRowId } from './rowIds';
import { refreshStudy } from './studyStore';

/** The film has numbers from here on: its status becomes `ok`, a refusal that was overridden included. */
export function storePrediction(db: WritableDb, argument: PredictionToStore): null {
  const { filmId, prediction, priority, override } = argument;
  const { receipt } = prediction;
  const film = filmRow(db, filmId);
  const { id } = db.run(
    `INSERT INTO predictions (film, made_at, model_id, model_version, weights_sha256, preprocessing, backend,
       cutoff_set, calibrated, milliseconds, priority, priority_reason, leading_finding, leading_probability,
       override_code, override_reason, cutoffs, probabilities, maps)
     VALUES (:film, :now, :modelId, :modelVersion, :weights, :preprocessing, :backend, :cutoffSet, :calibrated,
       :milliseconds, :priority, :reason, :finding, :probability, :overrideCode, :overrideReason, :cutoffs,
       :probabilities, :maps)`,
    {
      film: Number(film['id']),
      now: new Date().toISOString(),
      modelId: receipt.modelId,
      modelVersion: receipt.modelVersion,
      weights: receipt.weightsSha256,
      preprocessing: receipt.preprocessing,
      backend: receipt.backend,
      cutoffSet: receipt.cutoffSet,
      calibrated: Number(argument.calibrated),
      milliseconds: prediction.milliseconds,
      priority: priority.value,
      reason: priority.reason,
      finding: priority.leadingFinding,
      probability: leadingProbability(argument),
      overrideCode: override?.code ?? null,
      overrideReason: override?.reason ?? null,
      cutoffs: JSON.stringify(cutoffsInOrder(argument)),
      probabilities: bytesOf(prediction.probabilities),
      maps: prediction.maps === null ? null : bytesOf(prediction.maps),
    },
  );
  db.run("UPDATE films SET status = 'ok', problem = NULL WHERE id = :id", { id: Number(film['id']) });
  audit(db, 'prediction.stored', `prediction/${id}`, {
    film: Number(film['id']),
    model: receipt.modelId,
    weightsSha256: receipt.weightsSha256,
    overrode: override?.code ?? null,
  });
  refreshStudy(db, Number(film['study']));
  return null;
}

function leadingProbability({ prediction, priority }: PredictionToStore): number | null {
  if (priority.leadingFinding === null) return null;
  return prediction.probabilities[prediction.findings.indexOf(priority.leadingFinding)] ?? null;
}

/** One for each finding of the prediction, in its order. */
function cutoffsInOrder({ prediction, cutoffs }: PredictionToStore): FindingCutoff[] {
  return prediction.findings.map(
    (finding) =>
      cutoffs.find((each) => each.finding === finding) ?? { finding, cutoff: null, measured: false, view: null },
  );
}

/** [n,7,7] float32 of the newest prediction. Throws database/not-found where there is none, or none with maps. */
export function getAttentionMaps(db: ReadableDb, { filmId }: { readonly filmId: FilmId }): Float32Array {
  const row = db.get('SELECT maps FROM predictions WHERE film = :film ORDER BY id DESC LIMIT 1', {
    film: toRowId(filmId),
  });
  const maps = row?.['maps'] ?? null;
  if (maps === null) throw new AppError('database/not-found', 'There are no attention maps of this film.', { filmId });
  return new Float32Array(copyOf(maps as Buffer));
}
