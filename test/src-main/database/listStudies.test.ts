import { expect, test } from 'vitest';
import type { ErrorCode } from '#main/contract/errors';
import type { FilmFacts } from '#main/contract/film';
import type { FilmId, StudyId } from '#main/contract/ids';
import { STUDY_FILTERS, type StudyQuery } from '#main/contract/study';
import { importFilm, setFilmStatus } from '#main/database/filmStore';
import { listStudies } from '#main/database/listStudies';
import type { WritableDb } from '#main/database/openDatabase';
import { storePrediction } from '#main/database/predictionStore';
import { openStudy } from '#main/database/studyStore';
import { makePrediction, makeStudyFilm, originOf } from './makeFilm';
import { openTestDatabase } from './openTestDatabase';

const ALL: StudyQuery = { search: '', status: 'all', sort: 'priority', descending: true, offset: 0, limit: 100 };

type Given = Partial<FilmFacts> & {
  readonly probabilities?: readonly [effusion: number, pneumothorax: number, hernia: number];
  readonly refusal?: ErrorCode;
};

/** A film of the study of that name, judged where probabilities are given. */
function add(db: WritableDb, study: string, given: Given = {}, name = study): { filmId: FilmId; studyId: StudyId } {
  const { probabilities, refusal, ...facts } = given;
  const film = {
    ...makeStudyFilm(study, name, facts),
    refusal: refusal === undefined ? null : { code: refusal, message: `Because of ${refusal}.`, details: {} },
  };
  const imported = importFilm(db, { film, origin: originOf(`/${study}/${name}.dcm`) });
  if (probabilities !== undefined) storePrediction(db, makePrediction(imported.filmId, probabilities));
  return imported;
}

function namesOf(db: WritableDb, query: Partial<StudyQuery> = {}): string[] {
  return listStudies(db, { ...ALL, ...query }).rows.map(({ patientId }) => patientId.replace('ID ', ''));
}

function addTen(db: WritableDb): void {
  add(db, 'young flag', { probabilities: [0.5, 0, 0], studyDateTime: '2024-02-01' });
  add(db, 'waiting', { studyDateTime: '2020-01-01' });
  add(db, 'no flag', { probabilities: [0.1, 0.1, 0.9], studyDateTime: '2019-01-01' });
  add(db, 'refused', { refusal: 'film/not-chest', studyDateTime: '2024-03-01' });
  add(db, 'old flag', { probabilities: [0.5, 0, 0], studyDateTime: '2024-01-01' });
  add(db, 'pneumothorax', { probabilities: [0, 0.25, 0], studyDateTime: '2024-05-01' });
  add(db, 'lateral alone', { refusal: 'film/lateral', view: 'LL', studyDateTime: '2023-01-01' });
  add(db, 'high flag', { probabilities: [0.9, 0, 0], studyDateTime: '2024-04-01' });
  const { filmId } = add(db, 'failed', { studyDateTime: '2024-02-01' });
  const problem = { code: 'engine/crashed', message: 'The engine crashed.', details: {} } as const;
  setFilmStatus(db, { filmId, status: 'failed', problem });
  add(db, 'no flag, longer', { probabilities: [0.1, 0.1, 0.9], studyDateTime: '2018-01-01' });
}

const GROUP_FOR_HUMANS = ['failed', 'refused'];
const JUDGED = ['pneumothorax', 'high flag', 'old flag', 'young flag', 'no flag, longer', 'no flag'];
const WITHOUT_NUMBERS = ['waiting', 'lateral alone'];

test('by priority: what needs a human, then the most urgent, longest waiting among equals, then the unjudged', () => {
  const db = openTestDatabase();
  addTen(db);
  expect(namesOf(db)).toEqual([...GROUP_FOR_HUMANS, ...JUDGED, ...WITHOUT_NUMBERS]);
});

test('turned round, the least urgent come first, but what needs a human stays on top', () => {
  const db = openTestDatabase();
  addTen(db);
  const judged = ['no flag, longer', 'no flag', 'old flag', 'young flag', 'high flag', 'pneumothorax'];
  expect(namesOf(db, { descending: false })).toEqual([...GROUP_FOR_HUMANS, ...judged, ...WITHOUT_NUMBERS]);
});

test('pages are cut out of one order and know the whole', () => {
  const db = openTestDatabase();
  addTen(db);
  const whole = namesOf(db);
  const pages = [0, 4, 8, 12].map((offset) => listStudies(db, { ...ALL, offset, limit: 4 }));
  expect(pages.map(({ total }) => total)).toEqual([10, 10, 10, 10]);
  expect(pages.flatMap(({ rows }) => rows.map(({ patientId }) => patientId.replace('ID ', '')))).toEqual(whole);
});

test.each([
  ['waiting', ['waiting']],
  ['refused', ['refused']],
  ['failed', ['failed']],
  ['not_scored', ['lateral alone']],
  ['needs-human', GROUP_FOR_HUMANS],
  ['routine', [...JUDGED, ...WITHOUT_NUMBERS]],
  ['ok', JUDGED],
  ['flagged', ['pneumothorax', 'high flag', 'old flag', 'young flag']],
] as const)('the filter %s shows its own', (status, names) => {
  const db = openTestDatabase();
  addTen(db);
  const page = listStudies(db, { ...ALL, status });
  expect([page.total, namesOf(db, { status })]).toEqual([names.length, names]);
});

test('what was opened is no longer among the unopened', () => {
  const db = openTestDatabase();
  const [one] = ['one', 'two'].map((name) => add(db, name).studyId);
  const { row } = openStudy(db, { studyId: one as StudyId });
  expect(row.openedAt).not.toBeNull();
  expect(openStudy(db, { studyId: one as StudyId }).row.openedAt).toBe(row.openedAt);
  expect(namesOf(db, { status: 'unopened' })).toEqual(['two']);
});

test('time, patient and import sort both ways', () => {
  const db = openTestDatabase();
  add(db, 'b', { patientName: 'Österberg^Åsa', studyDateTime: '2024-03-01' });
  add(db, 'c', { patientName: 'peters^Jan', studyDateTime: '2024-01-01' });
  add(db, 'a', { patientName: 'OSBORNE^Al', studyDateTime: '2024-02-01' });
  const orders = (['time', 'patient', 'imported'] as const).flatMap((sort) =>
    [true, false].map((descending) => namesOf(db, { sort, descending }).join('')),
  );
  expect(orders).toEqual(['bac', 'cab', 'cba', 'abc', 'acb', 'bca']);
});

test.each([
  ['mull', ['one']],
  ['MÜLLER', ['one']],
  ['jürgen müller', ['one']],
  ['Müller^Jürgen', ['one']],
  ['strasse', ['two']],
  ['straße', ['two']],
  ['ИВАНОВ', ['three']],
  ['acc-7', ['two']],
  ['id t', ['three', 'two']],
  ['thorax', ['three']],
  ['100%', ['three']],
  ['0_', []],
  ["'; DROP TABLE studies; --", []],
  ['   ', ['one', 'three', 'two']],
])('a search for %j finds %j', (search, names) => {
  const db = openTestDatabase();
  add(db, 'one', { patientName: 'Müller^Jürgen' });
  add(db, 'two', { patientName: 'An der Straße^Max', accessionNumber: 'ACC-7' });
  add(db, 'three', { patientName: 'Иванов^Пётр', studyDescription: 'THORAX 100%' });
  expect(namesOf(db, { search, sort: 'patient', descending: false }).sort()).toEqual(names);
});

test('a study shows the film that needs a human, and the best priority that it has', () => {
  const db = openTestDatabase();
  const first = add(db, 'one', { refusal: 'film/lateral', view: 'LL' }, 'lateral');
  add(db, 'one', { probabilities: [0.5, 0, 0], view: 'AP', accessionNumber: 'A1' }, 'weak');
  const strong = add(db, 'one', { probabilities: [0, 0.4, 0], view: '' }, 'strong');
  const [judged] = listStudies(db, ALL).rows;
  expect(judged).toMatchObject({
    filmCount: 3,
    views: 'AP + view unknown + LL',
    status: 'ok',
    statusReason: '',
    leadingFinding: 'Pneumothorax',
    leadingProbability: Math.fround(0.4),
    accessionNumber: 'A1',
  });
  expect(judged?.firstFilmId).not.toBe(first.filmId);
  add(db, 'one', { refusal: 'film/incomplete' }, 'cut');
  expect(listStudies(db, ALL).rows).toMatchObject([
    { filmCount: 4, status: 'refused', statusReason: 'Because of film/incomplete.', leadingFinding: 'Pneumothorax' },
  ]);
  expect(openStudy(db, strong).films.map(({ facts }) => facts.view)).toEqual(['AP', '', 'PA', 'LL']);
});

test('any page and any count reads an index of the worklist, never the table of studies', () => {
  const db = openTestDatabase();
  const sql: string[] = [];
  const spy = {
    ...db,
    get: (text: string) => (sql.push(text), { total: 1 }),
    all: (text: string) => (sql.push(text), []),
  };
  for (const sort of ['priority', 'time', 'patient', 'imported'] as const) {
    for (const status of STUDY_FILTERS) {
      for (const search of ['', 'word']) listStudies(spy, { ...ALL, sort, status, search });
    }
  }
  const plans = sql.map((text) => {
    const values = { word0: 'word', limit: 10, offset: 0 };
    return db.all(`EXPLAIN QUERY PLAN ${text}`, values).map(({ detail }) => String(detail));
  });
  const walks = plans.flat().filter((step) => step.startsWith('SCAN') && !step.includes('COVERING INDEX'));
  expect(sql).toHaveLength(2 * 4 * STUDY_FILTERS.length * 2);
  expect(walks).toEqual([]);
});
