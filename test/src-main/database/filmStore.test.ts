import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DecodedFilm } from '#main/contract/film';
import type { FilmId } from '#main/contract/ids';
import {
  findFilmByContent,
  getStoredFilm,
  importFilm,
  listWaitingFilms,
  setFilmStatus,
  setOriginalPresent,
} from '#main/database/filmStore';
import { getFilm } from '#main/database/filmView';
import { listFailedFiles, recordFailedFile } from '#main/database/failedFileStore';
import type { WritableDb } from '#main/database/openDatabase';
import { makeFilm, makeStudyFilm, originOf } from './makeFilm';
import { makeFolder, openTestDatabase } from './openTestDatabase';

const TABLES = ['patients', 'studies', 'series', 'films', 'audit'];

function tablesOf(db: WritableDb): unknown {
  return TABLES.map((table) => db.all(`SELECT * FROM ${table}`));
}

test('a film comes back as it was decoded, lookup tables and all', () => {
  const db = openTestDatabase();
  const modality = Uint16Array.from({ length: 4096 }, (_, index) => 65535 - index * 16);
  const voi = Uint16Array.of(0, 9, 65535);
  const film = makeStudyFilm('one');
  const decoded: DecodedFilm = {
    ...film,
    geometry: {
      ...film.geometry,
      pixelSpacingMm: null,
      spacingOrigin: null,
      turn: { quarterTurns: 3, mirrored: true },
    },
    grey: {
      ...film.grey,
      sample: 'int16',
      minimum: -1024,
      padding: { low: -2000, high: -1999 },
      modalityTable: { firstMapped: -1024, bits: 16, data: modality, explanation: 'to optical density' },
      presets: [
        ...film.grey.presets,
        {
          kind: 'lut',
          table: { firstMapped: 7, bits: 12, data: voi, explanation: 'chest' },
          label: 'chest',
          origin: 'file',
        },
      ],
    },
    warnings: [{ code: 'lossy', message: 'The film was compressed with loss.' }],
  };
  const { filmId, studyId } = importFilm(db, { film: decoded, origin: originOf('/films/a.zip', 'deep/one.dcm') });
  expect(getFilm(db, { filmId })).toEqual({
    id: filmId,
    studyId,
    fileName: 'one.dcm',
    originalPresent: true,
    facts: decoded.facts,
    geometry: decoded.geometry,
    grey: decoded.grey,
    encoding: decoded.encoding,
    warnings: decoded.warnings,
    status: 'waiting',
    problem: null,
    prediction: null,
    review: { reader: expect.any(String) as string, answers: {}, at: null, done: false },
  });
  expect(getStoredFilm(db, { filmId })).toEqual({
    filmId,
    studyId,
    contentSha256: decoded.contentSha256,
    origin: { path: '/films/a.zip', entry: 'deep/one.dcm', kept: 'reference' },
    status: 'waiting',
    problem: null,
    rows: 20,
    columns: 30,
  });
});

test('the same bytes again, by whatever name, change nothing', () => {
  const db = openTestDatabase();
  const folder = makeFolder();
  const path = join(folder, 'one.dcm');
  writeFileSync(path, 'one');
  const first = importFilm(db, { film: makeStudyFilm('one'), origin: originOf(path) });
  const before = tablesOf(db);
  const again = importFilm(db, { film: makeStudyFilm('one'), origin: originOf(join(folder, 'copy of one.dcm')) });
  expect(again).toEqual({ ...first, created: false });
  expect(tablesOf(db)).toEqual(before);
});

test.each([
  [
    'was noticed to be gone',
    (db: WritableDb, filmId: FilmId, path: string) => {
      setOriginalPresent(db, { filmId, present: false });
      return path;
    },
  ],
  [
    'was moved before anybody noticed',
    (_db: WritableDb, _filmId: FilmId, path: string) => {
      rmSync(path);
      return path;
    },
  ],
])('a film whose original %s takes the place where it is met again', (_what, vanish) => {
  const db = openTestDatabase();
  const folder = makeFolder();
  const path = join(folder, 'one.dcm');
  writeFileSync(path, 'one');
  const { filmId } = importFilm(db, { film: makeStudyFilm('one'), origin: originOf(path) });
  vanish(db, filmId, path);
  const moved = originOf(join(folder, 'moved.dcm'));
  expect(importFilm(db, { film: makeStudyFilm('one'), origin: moved }).created).toBe(false);
  expect(getStoredFilm(db, { filmId }).origin).toEqual(moved);
  expect(getFilm(db, { filmId }).originalPresent).toBe(true);
});

test('the status at import follows from the refusal', () => {
  const db = openTestDatabase();
  const statuses = ([null, 'film/lateral', 'film/not-chest', 'film/for-processing'] as const).map((code, index) => {
    const refusal = code === null ? null : { code, message: 'Because.', details: {} };
    const film = { ...makeStudyFilm(`${index}`), refusal };
    const { filmId } = importFilm(db, { film, origin: originOf(`/${index}.dcm`) });
    const { status, problem } = getFilm(db, { filmId });
    return [status, problem?.code ?? null];
  });
  expect(statuses).toEqual([
    ['waiting', null],
    ['not_scored', 'film/lateral'],
    ['refused', 'film/not-chest'],
    ['refused', 'film/for-processing'],
  ]);
});

test('other bytes under the same SOP instance UID are kept beside the first, and both say so', () => {
  const db = openTestDatabase();
  const uid = { instanceUid: '1.2.3.4' };
  const films = ['one', 'changed', 'changed again'].map(
    (name) => importFilm(db, { film: makeStudyFilm('same', name, uid), origin: originOf(`/${name}.dcm`) }).filmId,
  );
  const other = importFilm(db, { film: makeStudyFilm('same', 'other'), origin: originOf('/other.dcm') }).filmId;
  const codes = [...films, other].map((filmId) => getFilm(db, { filmId }).warnings.map(({ code }) => code));
  expect(codes).toEqual([['same-uid-different-bytes'], ['same-uid-different-bytes'], ['same-uid-different-bytes'], []]);
});

test('films that look alike say so, whichever part of the fingerprint differs, and others do not', () => {
  const db = openTestDatabase();
  const fingerprints = {
    first: '0f1e2d3c4b5a6978',
    'one bit in each of four parts': '1f0e2d2c4b4a6978',
    'one bit in each of five parts': '4f5e2d7c4b1a697c',
    'four bits in one digit': '0f1e2d3c4b5a6977',
    other: 'f0e1d2c3b4a59687',
  };
  const films = Object.entries(fingerprints).map(([name, fingerprint]) => ({
    name,
    ...importFilm(db, { film: makeFilm(name, {}, { fingerprint }), origin: originOf(`/${name}`) }),
  }));
  const flat = ['black', 'white'].map((name) =>
    importFilm(db, { film: makeFilm(name, {}, { fingerprint: '0'.repeat(16) }), origin: originOf(`/${name}`) }),
  );
  const warned = films.filter(({ filmId }) => getFilm(db, { filmId }).warnings.length > 0).map(({ name }) => name);
  expect(warned).toEqual(['first', 'one bit in each of four parts', 'four bits in one digit']);
  expect(flat.map(({ filmId }) => getFilm(db, { filmId }).warnings)).toEqual([[], []]);
  const { warnings } = getFilm(db, { filmId: films[0]!.filmId });
  expect(warnings.map(({ code }) => code)).toEqual(['near-identical']);
});

test('pictures without a header are a study and a patient each, named after their file', () => {
  const db = openTestDatabase();
  const imported = ['a.png', 'b.png'].map((name) =>
    importFilm(db, { film: makeFilm(name), origin: originOf(`/films/${name}`) }),
  );
  expect(new Set(imported.map(({ studyId }) => studyId)).size).toBe(2);
  expect(new Set(imported.map(({ patientId }) => patientId)).size).toBe(2);
  expect(imported.map(({ patientConflict }) => patientConflict)).toEqual([false, false]);
  expect(db.all('SELECT description FROM studies ORDER BY id')).toEqual([
    { description: 'a.png' },
    { description: 'b.png' },
  ]);
});

test('films that wait come in the order in which they were imported', () => {
  const db = openTestDatabase();
  const ids = ['c', 'a', 'b', 'd'].map(
    (name) => importFilm(db, { film: makeStudyFilm(name), origin: originOf(`/${name}`) }).filmId,
  );
  setFilmStatus(db, { filmId: ids[1] as FilmId, status: 'ok', problem: null });
  const waiting = listWaitingFilms(db, { limit: 2 }).map(({ filmId }) => filmId);
  expect(waiting).toEqual([ids[0], ids[2]]);
});

test('a film is found by its content, and only by it', () => {
  const db = openTestDatabase();
  const film = makeStudyFilm('one');
  const { filmId } = importFilm(db, { film, origin: originOf('/one.dcm') });
  expect(findFilmByContent(db, film)?.filmId).toBe(filmId);
  expect(findFilmByContent(db, { contentSha256: '0'.repeat(64) })).toBeNull();
});

test.each(['2', '0', '', '1e0', '1 OR 1', '../1'])('no film has the id %j', (id) => {
  const db = openTestDatabase();
  importFilm(db, { film: makeStudyFilm('one'), origin: originOf('/one.dcm') });
  expect(() => getFilm(db, { filmId: id as FilmId })).toThrow(expect.objectContaining({ code: 'database/not-found' }));
});

test('a file that is imported well after all is no failed file any more', () => {
  const db = openTestDatabase();
  const error = { code: 'dicom/truncated', message: 'It ends too early.', details: {} } as const;
  for (const path of ['/a.dcm', '/b.dcm']) recordFailedFile(db, { path, entry: null, error });
  recordFailedFile(db, { path: '/a.dcm', entry: 'inside.dcm', error });
  importFilm(db, { film: makeStudyFilm('one'), origin: originOf('/a.dcm') });
  expect(listFailedFiles(db).map(({ path }) => path)).toEqual(['/a.dcm/inside.dcm', '/b.dcm']);
});

test('every change leaves a row that says who and what, and nothing about the patient', () => {
  const db = openTestDatabase();
  const film = makeStudyFilm('one', 'one', {
    patientName: 'Secret^Person',
    patientId: 'PID-77',
    accessionNumber: 'ACC-9',
  });
  const { filmId } = importFilm(db, { film, origin: originOf('/films/Secret Person.dcm') });
  const problem = { code: 'engine/crashed', message: 'It crashed.', details: {} } as const;
  setFilmStatus(db, { filmId, status: 'failed', problem });
  setOriginalPresent(db, { filmId, present: false });
  setOriginalPresent(db, { filmId, present: false });
  const rows = db
    .all('SELECT actor, action, subject FROM audit ORDER BY id')
    .map((row) => Object.values(row).join(' '));
  expect(rows).toEqual([
    'test patient.created patient/1',
    'test study.created study/1',
    'test film.imported film/1',
    'test film.status film/1',
    'test film.original-vanished film/1',
  ]);
  const everything = JSON.stringify(db.all('SELECT * FROM audit'));
  for (const word of ['Secret', 'PID-77', 'ACC-9', '1950', '.dcm']) expect(everything).not.toContain(word);
});
