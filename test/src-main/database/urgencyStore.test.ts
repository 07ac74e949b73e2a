import { expect, test } from 'vitest';
import { DEFAULT_URGENCY_TIERS, type UrgencyTiers } from '#main/contract/findings';
import { importFilm } from '#main/database/filmStore';
import { listStudies } from '#main/database/listStudies';
import type { WritableDb } from '#main/database/openDatabase';
import { storePrediction } from '#main/database/predictionStore';
import { reprioritise } from '#main/database/urgencyStore';
import { makePrediction, makeStudyFilm, originOf } from './makeFilm';
import { openTestDatabase } from './openTestDatabase';

const EFFUSION_FIRST: UrgencyTiers = { ...DEFAULT_URGENCY_TIERS, Effusion: 1, Pneumothorax: 2 };

/** Studies `one`, of an effusion, and `two`, of a pneumothorax, each barely above its cut-off. */
function withTwoStudies(): WritableDb {
  const db = openTestDatabase();
  for (const [name, effusion, pneumothorax] of [
    ['one', 0.3, 0],
    ['two', 0, 0.2],
  ] as const) {
    const { filmId } = importFilm(db, { film: makeStudyFilm(name), origin: originOf(`/${name}.dcm`) });
    storePrediction(db, makePrediction(filmId, [effusion, pneumothorax, 0]));
  }
  return db;
}

function worklist(db: WritableDb) {
  const query = { search: '', status: 'all', sort: 'priority', descending: true, offset: 0, limit: 10 } as const;
  return listStudies(db, query).rows.map(({ leadingFinding, priority }) => [leadingFinding, priority]);
}

test('films that were judged before get the priority of the new tiers, and the worklist its order', () => {
  const db = withTwoStudies();
  expect(worklist(db)).toEqual([
    ['Pneumothorax', 3],
    ['Effusion', 2],
  ]);
  expect(reprioritise(db, { tiers: EFFUSION_FIRST, after: 0, limit: 10 })).toBeNull();
  expect(worklist(db)).toEqual([
    ['Effusion', 3],
    ['Pneumothorax', 2],
  ]);
  expect(db.all('SELECT DISTINCT cutoff_set FROM predictions')).toEqual([
    { cutoff_set: 'youden; urgency of this site: Effusion 1, Pneumothorax 2' },
  ]);
});

test('the tiers of the product bring back what stood there before', () => {
  const db = withTwoStudies();
  const before = db.all('SELECT * FROM predictions');
  reprioritise(db, { tiers: EFFUSION_FIRST, after: 0, limit: 10 });
  reprioritise(db, { tiers: DEFAULT_URGENCY_TIERS, after: 0, limit: 10 });
  expect(db.all('SELECT * FROM predictions')).toEqual(before);
});

test('it goes piece by piece, and tells once who changed what', () => {
  const db = withTwoStudies();
  const first = reprioritise(db, { tiers: EFFUSION_FIRST, after: 0, limit: 1 });
  expect(worklist(db)).toEqual([
    ['Effusion', 3],
    ['Pneumothorax', 3],
  ]);
  const second = reprioritise(db, { tiers: EFFUSION_FIRST, after: first!, limit: 1 });
  expect(reprioritise(db, { tiers: EFFUSION_FIRST, after: second!, limit: 1 })).toBeNull();
  expect(worklist(db)).toEqual([
    ['Effusion', 3],
    ['Pneumothorax', 2],
  ]);
  expect(db.all("SELECT actor FROM audit WHERE action = 'urgency.changed'")).toEqual([{ actor: 'test' }]);
});
