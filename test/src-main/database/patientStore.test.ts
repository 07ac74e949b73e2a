import { expect, test } from 'vitest';
import type { FilmFacts } from '#main/contract/film';
import { importFilm } from '#main/database/filmStore';
import { listStudies } from '#main/database/listStudies';
import { makeFilm, originOf } from './makeFilm';
import { openTestDatabase } from './openTestDatabase';

const ANNA = { patientId: '1', patientName: 'Müller^Anna', patientBirthDate: '1950-01-02', patientSex: 'F' };

/** The patients that a row of films makes, and for each film: its patient, and whether it was told of a conflict. */
function importAll(...films: Partial<FilmFacts>[]): unknown {
  const db = openTestDatabase();
  const each = films.map((facts, index) => {
    const film = makeFilm(`${index}`, { studyUid: `1.2.${index}`, ...facts });
    const { patientId, patientConflict } = importFilm(db, { film, origin: originOf(`/${index}.dcm`) });
    return `${patientId}${patientConflict ? ' conflict' : ''}`;
  });
  const patients = db.all('SELECT * FROM patients ORDER BY id');
  const page = listStudies(db, {
    search: '',
    status: 'all',
    sort: 'imported',
    descending: false,
    offset: 0,
    limit: 10,
  });
  return {
    each,
    conflicts: patients.map(({ conflict }) => conflict),
    shown: page.rows.map((row) => row.patientConflict),
  };
}

test('one id and the same person is one patient, however the name is spelled', () => {
  expect(importAll(ANNA, { ...ANNA, patientName: 'MULLER^ANNA^^' })).toEqual({
    each: ['1', '1'],
    conflicts: [0],
    shown: [false, false],
  });
});

test.each([
  ['name', { patientName: 'Schmidt^Anna' }],
  ['birth date', { patientBirthDate: '1951-01-02' }],
  ['sex', { patientSex: 'M' }],
])('one id with another %s is somebody else, and both are marked', (_what, change) => {
  expect(importAll(ANNA, { ...ANNA, ...change }, ANNA)).toEqual({
    each: ['1', '2 conflict', '1 conflict'],
    conflicts: [1, 1],
    shown: [true, true, true],
  });
});

test('the same id of another issuer is another patient, without a conflict', () => {
  expect(importAll(ANNA, { ...ANNA, patientIdIssuer: 'Elsewhere', patientSex: 'M' })).toEqual({
    each: ['1', '2'],
    conflicts: [0, 0],
    shown: [false, false],
  });
});

test('a film that says less is of the patient that it does not contradict, and completes them', () => {
  expect(importAll({ patientId: '1' }, ANNA, { patientId: '1' }, { ...ANNA, patientSex: 'M' })).toEqual({
    each: ['1', '1', '1', '2 conflict'],
    conflicts: [1, 1],
    shown: [true, true, true, true],
  });
});

test('a silent film that could be of two people is given to neither', () => {
  expect(importAll(ANNA, { ...ANNA, patientSex: 'M' }, { patientId: '1', patientName: 'Müller^Anna' })).toEqual({
    each: ['1', '2 conflict', '3 conflict'],
    conflicts: [1, 1, 1],
    shown: [true, true, true],
  });
});

test('films without a patient id share a patient only within a study', () => {
  const unknown = { patientId: '', studyUid: '1.2.3' };
  expect(importAll(unknown, unknown, { ...unknown, studyUid: '1.2.4' })).toMatchObject({
    each: ['1', '1', '2'],
    conflicts: [0, 0],
  });
});

test('one study UID under two patients is two studies', () => {
  const db = openTestDatabase();
  const studies = ['1', '2', '1'].map((patientId, index) => {
    const film = makeFilm(`${index}`, { ...ANNA, patientId, studyUid: '1.2.3' });
    return importFilm(db, { film, origin: originOf(`/${index}.dcm`) }).studyId;
  });
  expect(studies).toEqual(['1', '2', '1']);
});

test('who is completed by a later film is found by it in all studies', () => {
  const db = openTestDatabase();
  [{ patientId: '1' }, ANNA].forEach((facts, index) => {
    importFilm(db, { film: makeFilm(`${index}`, { ...facts, studyUid: `1.${index}` }), origin: originOf(`/${index}`) });
  });
  const query = { search: 'muller', status: 'all', sort: 'time', descending: true, offset: 0, limit: 10 } as const;
  expect(listStudies(db, query).total).toBe(2);
});
