/** Keeps what was read and judged: rows, predictions and maps. Pixels are no business of these functions. */
import type { ErrorBody } from '#main/contract/errors';
import { isCalibrated } from '#main/contract/card';
import type { FilmId } from '#main/contract/ids';
import type { PredictionReceipt } from '#main/contract/prediction';
import type { DatabaseClient } from '#main/database/openDatabaseClient';
import type { FilmOrigin } from '#main/database/databaseApi';
import { answeredFor, type FilmReader, type JudgedFilm, type Override } from './analyseFilm';
import type { FoundFile } from './collectFiles';
import type { FilmReading } from './readFilm';

export async function storeJudgement(
  database: DatabaseClient,
  reader: FilmReader,
  filmId: FilmId,
  { prediction, cutoffs, priority }: JudgedFilm,
  override: Override | null = null,
): Promise<void> {
  const calibrated = isCalibrated(reader.card);
  await database.storePrediction({ filmId, prediction, cutoffs, calibrated, priority, override });
}

/** What a triage leaves behind. The original stays where it is, even inside an archive. */
export async function storeReading(
  database: DatabaseClient,
  reader: FilmReader,
  reading: FilmReading,
  asked: Override | null = null,
): Promise<void> {
  const { found, film, judged, problem } = reading;
  if (film === null) {
    if (problem !== null) await recordFailed(database, found, problem);
    return;
  }
  const origin: FilmOrigin = { ...found.source, kept: 'reference' };
  const { filmId, created } = await database.importFilm({ film, origin });
  if (judged === null) return;
  // Of a film that is not refused nothing was overridden.
  const override = film.refusal === null || asked === null ? null : answeredFor(film.refusal, asked);
  if (!created && (await alreadyJudged(database, filmId, judged, override))) return;
  await storeJudgement(database, reader, filmId, judged, override);
}

/** Whether the film's newest prediction has the same receipt: the same film, model and backend give the same numbers. */
async function alreadyJudged(
  database: DatabaseClient,
  filmId: FilmId,
  { prediction }: JudgedFilm,
  override: Override | null,
): Promise<boolean> {
  const newest = (await database.getFilm({ filmId })).prediction;
  if (newest === null || newest.override?.code !== override?.code) return false;
  if (newest.override?.reason !== override?.reason) return false;
  const keys = Object.keys(prediction.receipt) as (keyof PredictionReceipt)[];
  return keys.every((key) => newest.receipt[key] === prediction.receipt[key]);
}

export async function recordFailed(database: DatabaseClient, { source }: FoundFile, error: ErrorBody): Promise<void> {
  await database.recordFailedFile({ ...source, error });
}
