/** Films as the window shows them: the row, and what its newest prediction says. */
import { viewOfCutoffs, type FindingCutoff } from '#main/contract/cutoffs';
import { AppError, type ErrorBody } from '#main/contract/errors';
import { NO_FACTS, type DecodedFilm, type FilmFacts, type FilmWarning, type PixelGeometry } from '#main/contract/film';
import type { FilmId, ModelId } from '#main/contract/ids';
import { isFlagged } from '#main/contract/priority';
import type { FilmStatus, FilmView, PredictionView } from '#main/contract/study';
import type { StoredFilm } from './databaseApi';
import type { ReadableDb, Row } from './openDatabase';
import { copyOf, unpackGrey } from './packGrey';
import { filmReview } from './reviewStore';
import { toId, toRowId } from './rowIds';

/** Throws database/not-found. */
export function filmRow(db: ReadableDb, filmId: FilmId): Row {
  const row = db.get('SELECT * FROM films WHERE id = :id', { id: toRowId(filmId) });
  if (row === undefined) throw new AppError('database/not-found', 'This film is not in the database.', { filmId });
  return row;
}

export function getFilm(db: ReadableDb, { filmId }: { readonly filmId: FilmId }): FilmView {
  return toFilmView(db, filmRow(db, filmId));
}

/** A lateral hangs behind its frontal. */
export function filmsOfStudy(db: ReadableDb, study: number): FilmView[] {
  const rows = db.all("SELECT * FROM films WHERE study = :study ORDER BY status = 'not_scored', id", { study });
  return rows.map((row) => toFilmView(db, row));
}

function toFilmView(db: ReadableDb, row: Row): FilmView {
  return {
    id: toId(row['id']),
    studyId: toId(row['study']),
    fileName: fileNameOf(row['origin_path'] as string, row['origin_entry'] as string | null),
    originalPresent: row['original_present'] === 1,
    // Films of an earlier version have no word of what was read later.
    facts: { ...NO_FACTS, ...parse<Partial<FilmFacts>>(row['facts']) },
    geometry: { pixelAspect: 1, ...parse<Omit<PixelGeometry, 'pixelAspect'>>(row['geometry']) },
    grey: unpackGrey({ json: row['grey'] as string, tables: row['grey_tables'] as Buffer }),
    encoding: parse<DecodedFilm['encoding']>(row['encoding']),
    warnings: parse<FilmWarning[]>(row['warnings']),
    status: row['status'] as FilmStatus,
    problem: toProblem(row),
    prediction: newestPrediction(db, Number(row['id'])),
    review: filmReview(db, Number(row['id']), Number(row['study'])),
  };
}

export function toStoredFilm(row: Row): StoredFilm {
  return {
    filmId: toId(row['id']),
    studyId: toId(row['study']),
    contentSha256: row['content_sha256'] as string,
    origin: {
      path: row['origin_path'] as string,
      entry: row['origin_entry'] as string | null,
      kept: row['origin_kept'] as 'reference' | 'copy',
    },
    status: row['status'] as FilmStatus,
    problem: toProblem(row),
    rows: row['pixel_rows'] as number,
    columns: row['pixel_columns'] as number,
  };
}

/** The last part of a path of either kind: databases move between systems. */
export function fileNameOf(path: string, entry: string | null): string {
  return (entry ?? path).split(/[/\\]/).at(-1) ?? path;
}

function newestPrediction(db: ReadableDb, film: number): PredictionView | null {
  const row = db.get('SELECT * FROM predictions WHERE film = :film ORDER BY id DESC LIMIT 1', { film });
  if (row === undefined) return null;
  const probabilities = new Float32Array(copyOf(row['probabilities'] as Buffer));
  const cutoffs = cutoffsOf(row);
  const overrideCode = row['override_code'] as string | null;
  return {
    id: toId(row['id']),
    scores: cutoffs.map((own, index) => {
      const probability = probabilities[index] ?? Number.NaN;
      return { ...own, probability, flagged: isFlagged(probability, own.cutoff) };
    }),
    priority: row['priority'] as number,
    leadingFinding: row['leading_finding'] as string | null,
    priorityReason: row['priority_reason'] as string,
    receipt: {
      modelId: row['model_id'] as ModelId,
      modelVersion: row['model_version'] as string,
      weightsSha256: row['weights_sha256'] as string,
      preprocessing: row['preprocessing'] as string,
      backend: row['backend'] as string,
      cutoffSet: row['cutoff_set'] as string,
      cutoffView: viewOfCutoffs(cutoffs),
    },
    calibrated: row['calibrated'] === 1,
    milliseconds: row['milliseconds'] as number,
    madeAt: row['made_at'] as string,
    override: overrideCode === null ? null : { code: overrideCode, reason: row['override_reason'] as string },
  };
}

/** Those that the film was judged by. Predictions of an earlier version know none of one view. */
function cutoffsOf(row: Row): FindingCutoff[] {
  const stored = parse<(Omit<FindingCutoff, 'view'> & Partial<FindingCutoff>)[]>(row['cutoffs']);
  return stored.map(({ finding, cutoff, measured, view = null }) => ({ finding, cutoff, measured, view }));
}

function toProblem(row: Row): ErrorBody | null {
  return row['problem'] === null ? null : parse<ErrorBody>(row['problem']);
}

function parse<Shape>(json: unknown): Shape {
  return JSON.parse(json as string) as Shape;
}
