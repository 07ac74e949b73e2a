/** Films: import by content, status, whereabouts of the original. */
import { existsSync } from 'node:fs';
import { systemPath } from '#main/channel/systemPath';
import type { ErrorBody } from '#main/contract/errors';
import type { DecodedFilm } from '#main/contract/film';
import type { FilmId } from '#main/contract/ids';
import type { FilmStatus } from '#main/contract/study';
import { audit } from './audit';
import type { FilmOrigin, ImportedFilm, StoredFilm } from './databaseApi';
import { forgetFailedFile } from './failedFileStore';
import { fileNameOf, filmRow, toStoredFilm } from './filmView';
import { warnOfNearIdentical, warnOfSameUid } from './filmWarnings';
import type { ReadableDb, Row, WritableDb } from './openDatabase';
import { packGrey } from './packGrey';
import { findOrCreatePatient } from './patientStore';
import { reopenStudy } from './reviewStore';
import { toId, toRowId } from './rowIds';
import { findOrCreateSeries, findOrCreateStudy, refreshSearch, refreshStudy } from './studyStore';

type FilmToImport = { readonly film: DecodedFilm; readonly origin: FilmOrigin };

/** The same bytes again change nothing, whatever they are called now. */
export function importFilm(db: WritableDb, { film, origin }: FilmToImport): ImportedFilm {
  const known = rowByContent(db, film.contentSha256);
  if (known !== undefined) return meetAgain(db, known, origin);
  const patient = findOrCreatePatient(db, film.facts);
  const study = findOrCreateStudy(db, patient.row, film.facts, fileNameOf(origin.path, origin.entry));
  const series = findOrCreateSeries(db, study, film.facts);
  const id = insertFilm(db, { film, origin }, study, series);
  refreshSearch(db, study, patient.completed);
  refreshStudy(db, study);
  reopenStudy(db, study);
  forgetFailedFile(db, origin);
  return {
    filmId: toId(id),
    studyId: toId(study),
    patientId: toId(patient.row),
    created: true,
    patientConflict: patient.conflict,
  };
}

function insertFilm(db: WritableDb, { film, origin }: FilmToImport, study: number, series: number): number {
  const { facts, refusal } = film;
  const grey = packGrey(film.grey);
  const status = statusAtImport(refusal);
  const { id } = db.run(
    `INSERT INTO films (study, series, content_sha256, byte_length, fingerprint, instance_uid, view, origin_path,
       origin_entry, origin_kept, imported_at, status, problem, pixel_rows, pixel_columns, facts, encoding, geometry,
       warnings, grey, grey_tables)
     VALUES (:study, :series, :sha, :bytes, :fingerprint, :uid, :view, :path, :entry, :kept, :now, :status, :problem,
       :rows, :columns, :facts, :encoding, :geometry, :warnings, :grey, :tables)`,
    {
      study,
      series,
      sha: film.contentSha256,
      bytes: film.byteLength,
      fingerprint: film.fingerprint,
      uid: facts.instanceUid,
      view: facts.view,
      path: origin.path,
      entry: origin.entry,
      kept: origin.kept,
      now: new Date().toISOString(),
      status,
      problem: toJson(refusal),
      rows: film.geometry.rows,
      columns: film.geometry.columns,
      facts: JSON.stringify(facts),
      encoding: JSON.stringify(film.encoding),
      geometry: JSON.stringify(film.geometry),
      warnings: JSON.stringify(film.warnings),
      grey: grey.json,
      tables: grey.tables,
    },
  );
  audit(db, 'film.imported', `film/${id}`, { study, contentSha256: film.contentSha256, status });
  warnOfSameUid(db, facts.instanceUid);
  warnOfNearIdentical(db, film.fingerprint);
  return id;
}

/** A lateral is a film that nobody expects a score for; other refusals need a human. */
function statusAtImport(refusal: ErrorBody | null): FilmStatus {
  if (refusal === null) return 'waiting';
  return refusal.code === 'film/lateral' ? 'not_scored' : 'refused';
}

function meetAgain(db: WritableDb, film: Row, origin: FilmOrigin): ImportedFilm {
  const id = Number(film['id']);
  forgetFailedFile(db, origin);
  const path = film['origin_path'] as string;
  // A file that was moved is often imported from its new place before anybody has missed it at the old one.
  if (film['original_present'] === 0 || (path !== origin.path && !existsSync(systemPath(path)))) {
    db.run(
      `UPDATE films SET origin_path = :path, origin_entry = :entry, origin_kept = :kept, original_present = 1
       WHERE id = :id`,
      { id, path: origin.path, entry: origin.entry, kept: origin.kept },
    );
    audit(db, 'film.original-found', `film/${id}`);
  }
  const patient = db.get(
    'SELECT patients.id, conflict FROM patients JOIN studies ON studies.patient = patients.id WHERE studies.id = :study',
    { study: Number(film['study']) },
  );
  return {
    filmId: toId(id),
    studyId: toId(film['study']),
    patientId: toId(patient?.['id']),
    created: false,
    patientConflict: patient?.['conflict'] === 1,
  };
}

function rowByContent(db: ReadableDb, contentSha256: string): Row | undefined {
  return db.get('SELECT * FROM films WHERE content_sha256 = :contentSha256', { contentSha256 });
}

export function findFilmByContent(
  db: ReadableDb,
  { contentSha256 }: { readonly contentSha256: string },
): StoredFilm | null {
  const row = rowByContent(db, contentSha256);
  return row === undefined ? null : toStoredFilm(row);
}

export function getStoredFilm(db: ReadableDb, { filmId }: { readonly filmId: FilmId }): StoredFilm {
  return toStoredFilm(filmRow(db, filmId));
}

export function listWaitingFilms(db: ReadableDb, { limit }: { readonly limit: number }): StoredFilm[] {
  return db.all("SELECT * FROM films WHERE status = 'waiting' ORDER BY id LIMIT :limit", { limit }).map(toStoredFilm);
}

type StatusChange = { readonly filmId: FilmId; readonly status: FilmStatus; readonly problem: ErrorBody | null };

export function setFilmStatus(db: WritableDb, { filmId, status, problem }: StatusChange): null {
  const row = filmRow(db, filmId);
  db.run('UPDATE films SET status = :status, problem = :problem WHERE id = :id', {
    id: toRowId(filmId),
    status,
    problem: toJson(problem),
  });
  audit(db, 'film.status', `film/${filmId}`, { status, code: problem?.code ?? null });
  refreshStudy(db, Number(row['study']));
  return null;
}

type Presence = { readonly filmId: FilmId; readonly present: boolean };

export function setOriginalPresent(db: WritableDb, { filmId, present }: Presence): null {
  const row = filmRow(db, filmId);
  if ((row['original_present'] === 1) === present) return null;
  db.run('UPDATE films SET original_present = :present WHERE id = :id', {
    id: toRowId(filmId),
    present: Number(present),
  });
  audit(db, present ? 'film.original-found' : 'film.original-vanished', `film/${filmId}`);
  return null;
}

function toJson(value: ErrorBody | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
