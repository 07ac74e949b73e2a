import { expect, test } from 'vitest';
import type { ReviewChange } from '#main/contract/review';
import type { FilmId, StudyId } from '#main/contract/ids';
import { importFilm } from '#main/database/filmStore';
import { getFilm } from '#main/database/filmView';
import { listStudies } from '#main/database/listStudies';
import type { WritableDb } from '#main/database/openDatabase';
import { storePrediction } from '#main/database/predictionStore';
import { listReaders, listReviews, markReviewed, reviewFilm } from '#main/database/reviewStore';
import { updateSettings } from '#main/database/settingsStore';
import { makePrediction, makeStudyFilm, originOf } from './makeFilm';
import { openTestDatabase } from './openTestDatabase';

function openReviewed(): { db: WritableDb; filmId: FilmId; studyId: StudyId } {
  const db = openTestDatabase();
  updateSettings(db, { changes: { readerName: 'Ann' } });
  const { filmId, studyId } = importFilm(db, { film: makeStudyFilm('one'), origin: originOf('/one.dcm') });
  storePrediction(db, makePrediction(filmId, [0.9, 0.1, 0.5]));
  return { db, filmId, studyId };
}

function statusesOf(db: WritableDb, status: 'reviewed' | 'unreviewed'): number {
  return listStudies(db, { search: '', status, sort: 'time', descending: true, offset: 0, limit: 10 }).total;
}

test('the latest answers count, all that was said is kept, and the model’s numbers stay', () => {
  const { db, filmId } = openReviewed();
  const before = getFilm(db, { filmId }).prediction;
  const said: Record<string, ReviewChange>[] = [
    { Effusion: 'present', Pneumothorax: 'absent', Hernia: 'unsure' },
    { Effusion: 'present', Pneumothorax: 'present' },
    { Hernia: 'open' },
  ];
  for (const answers of said) reviewFilm(db, { filmId, answers });
  const film = getFilm(db, { filmId });
  expect(film.review).toEqual({
    reader: 'Ann',
    answers: { Effusion: 'present', Pneumothorax: 'present' },
    at: film.review.at,
    done: false,
  });
  expect(film.prediction).toEqual(before);
  expect(db.all('SELECT actor, reader, finding, answer, prediction FROM reviews ORDER BY id')).toEqual(
    [
      ['Effusion', 'present'],
      ['Pneumothorax', 'absent'],
      ['Hernia', 'unsure'],
      // The same answer again is not a second one.
      ['Pneumothorax', 'present'],
      ['Hernia', 'open'],
    ].map(([finding, answer]) => ({ actor: 'test', reader: 'Ann', finding, answer, prediction: 1 })),
  );
  expect(db.all("SELECT detail FROM audit WHERE action = 'film.reviewed'")).toHaveLength(5);
});

test('nobody can change or remove what was said', () => {
  const { db, filmId, studyId } = openReviewed();
  reviewFilm(db, { filmId, answers: { Effusion: 'present' } });
  markReviewed(db, { studyId, reviewed: true });
  for (const table of ['reviews', 'study_reviews']) {
    expect(() => db.run(`DELETE FROM ${table}`)).toThrow('only ever added to');
    expect(() => db.run(`UPDATE ${table} SET reader = 'Bob'`)).toThrow('only ever added to');
  }
});

test('readers do not see each other’s answers', () => {
  const { db, filmId, studyId } = openReviewed();
  reviewFilm(db, { filmId, answers: { Effusion: 'present', Hernia: 'unsure' } });
  markReviewed(db, { studyId, reviewed: true });
  updateSettings(db, { changes: { readerName: 'Bob' } });
  expect(getFilm(db, { filmId }).review).toEqual({ reader: 'Bob', answers: {}, at: null, done: false });
  reviewFilm(db, { filmId, answers: { Effusion: 'absent' } });
  expect(listReaders(db).map(({ reader, films, answers }) => ({ reader, films, answers }))).toEqual([
    { reader: 'Ann', films: 1, answers: 2 },
    { reader: 'Bob', films: 1, answers: 1 },
  ]);
  expect(['Ann', 'Bob', 'Eve'].map((reader) => listReviews(db, { reader }).map(({ answers }) => answers))).toEqual([
    [{ Effusion: 'present', Hernia: 'unsure' }],
    [{ Effusion: 'absent' }],
    [],
  ]);
});

test('a study is done until it is opened again, or another film of it comes', () => {
  const { db, filmId, studyId } = openReviewed();
  const counts: [number, number][] = [];
  const count = (): void => void counts.push([statusesOf(db, 'reviewed'), statusesOf(db, 'unreviewed')]);
  count();
  markReviewed(db, { studyId, reviewed: true });
  count();
  expect(getFilm(db, { filmId }).review.done).toBe(true);
  markReviewed(db, { studyId, reviewed: false });
  count();
  markReviewed(db, { studyId, reviewed: true });
  importFilm(db, { film: makeStudyFilm('one', 'second'), origin: originOf('/second.dcm') });
  count();
  expect(counts).toEqual([
    [0, 1],
    [1, 0],
    [0, 1],
    [0, 1],
  ]);
  expect(getFilm(db, { filmId }).review.done).toBe(false);
});

test('nothing is kept of an answer about what the model does not know', () => {
  const { db, filmId } = openReviewed();
  const wrong = { Effusion: 'present', Fracture: 'present' } as const;
  expect(() => db.write(() => reviewFilm(db, { filmId, answers: wrong }))).toThrow(
    expect.objectContaining({ code: 'usage/invalid' }),
  );
  expect(db.all('SELECT * FROM reviews')).toEqual([]);
  expect(() => reviewFilm(db, { filmId: '99' as FilmId, answers: {} })).toThrow(
    expect.objectContaining({ code: 'database/not-found' }),
  );
});
