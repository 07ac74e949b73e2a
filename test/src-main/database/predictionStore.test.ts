import { expect, test } from 'vitest';
import { importFilm, setFilmStatus } from '#main/database/filmStore';
import { getFilm } from '#main/database/filmView';
import { getAttentionMaps, storePrediction } from '#main/database/predictionStore';
import { makePrediction, makeStudyFilm, originOf } from './makeFilm';
import { openTestDatabase } from './openTestDatabase';

test('a prediction comes back with its receipt, and flags what reached its cut-off', () => {
  const db = openTestDatabase();
  const { filmId } = importFilm(db, { film: makeStudyFilm('one'), origin: originOf('/one.dcm') });
  const stored = makePrediction(filmId, [0.3, 0.199, 0.99]);
  storePrediction(db, stored);
  const { prediction } = getFilm(db, { filmId });
  const own = { measured: true, view: null };
  expect(prediction).toEqual({
    id: '1',
    scores: [
      { finding: 'Effusion', probability: Math.fround(0.3), cutoff: 0.3, ...own, flagged: true },
      { finding: 'Pneumothorax', probability: Math.fround(0.199), cutoff: 0.2, ...own, flagged: false },
      { finding: 'Hernia', probability: Math.fround(0.99), cutoff: null, ...own, measured: false, flagged: false },
    ],
    priority: 2,
    leadingFinding: 'Effusion',
    priorityReason: 'Effusion at or above its cut-off',
    receipt: stored.prediction.receipt,
    calibrated: false,
    milliseconds: 123.5,
    madeAt: prediction?.madeAt,
    override: null,
  });
  expect(getAttentionMaps(db, { filmId })).toEqual(stored.prediction.maps);
});

test('a prediction tells whose cut-offs it was flagged by, and one of an earlier version that they were the common ones', () => {
  const db = openTestDatabase();
  const { filmId } = importFilm(db, { film: makeStudyFilm('one'), origin: originOf('/one.dcm') });
  const common = makePrediction(filmId, [0.3, 0.1, 0]);
  const cutoffs = common.cutoffs.map((own) =>
    own.finding === 'Effusion' ? { ...own, cutoff: 0.35, view: 'AP' as const } : own,
  );
  storePrediction(db, { ...common, cutoffs });
  const shown = () => {
    const { scores, receipt } = getFilm(db, { filmId }).prediction!;
    return [receipt.cutoffView, ...scores.slice(0, 2).map(({ cutoff, view, flagged }) => [cutoff, view, flagged])];
  };
  expect(shown()).toEqual(['AP', [0.35, 'AP', false], [0.2, null, false]]);
  const stored = cutoffs.map(({ finding, cutoff, measured }) => ({ finding, cutoff, measured }));
  db.run('UPDATE predictions SET cutoffs = :stored', { stored: JSON.stringify(stored) });
  expect(shown()).toEqual([null, [0.35, null, false], [0.2, null, false]]);
});

test('the newest is shown, the older ones are kept', () => {
  const db = openTestDatabase();
  const { filmId } = importFilm(db, { film: makeStudyFilm('one'), origin: originOf('/one.dcm') });
  storePrediction(db, makePrediction(filmId, [0.9, 0, 0]));
  storePrediction(db, makePrediction(filmId, [0.1, 0, 0], { calibrated: true }));
  expect(getFilm(db, { filmId }).prediction).toMatchObject({
    id: '2',
    priority: 0,
    leadingFinding: null,
    calibrated: true,
  });
  expect(db.all('SELECT leading_finding FROM predictions ORDER BY id')).toEqual([
    { leading_finding: 'Effusion' },
    { leading_finding: null },
  ]);
});

test('a refusal that a person overrode gives way to numbers that say so', () => {
  const db = openTestDatabase();
  const film = {
    ...makeStudyFilm('one'),
    refusal: { code: 'film/not-chest', message: 'A hand.', details: {} } as const,
  };
  const { filmId } = importFilm(db, { film, origin: originOf('/one.dcm') });
  const override = { code: 'film/not-chest', reason: 'The header is wrong.' };
  storePrediction(db, makePrediction(filmId, [0.9, 0, 0], { override }));
  expect(getFilm(db, { filmId })).toMatchObject({ status: 'ok', problem: null, prediction: { override } });
});

test('a film that fails after it had numbers has no priority, but keeps them', () => {
  const db = openTestDatabase();
  const { filmId } = importFilm(db, { film: makeStudyFilm('one'), origin: originOf('/one.dcm') });
  storePrediction(db, makePrediction(filmId, [0.9, 0, 0]));
  const problem = { code: 'engine/crashed', message: 'The engine crashed.', details: {} } as const;
  setFilmStatus(db, { filmId, status: 'failed', problem });
  expect(db.get('SELECT priority, status_reason FROM studies')).toEqual({
    priority: null,
    status_reason: 'The engine crashed.',
  });
  expect(getFilm(db, { filmId }).prediction?.priority).toBeGreaterThan(2);
});

test('maps that were not asked for are not there', () => {
  const db = openTestDatabase();
  const { filmId } = importFilm(db, { film: makeStudyFilm('one'), origin: originOf('/one.dcm') });
  const stored = makePrediction(filmId, [0.9, 0, 0]);
  storePrediction(db, { ...stored, prediction: { ...stored.prediction, maps: null } });
  expect(() => getAttentionMaps(db, { filmId })).toThrow(expect.objectContaining({ code: 'database/not-found' }));
});
