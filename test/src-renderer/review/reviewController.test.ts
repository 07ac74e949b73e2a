import { expect, it } from 'vitest';
import { agreement, ReviewController } from '../../../src-renderer/review/reviewController.svelte';
import { Notices } from '../../../src-renderer/shared/notices.svelte';
import { createFakeApi } from '../fakeApi';
import { makeFilm, makePrediction, makeScore } from '../makeStudies';

const SCORES = [makeScore('Effusion', 0.9, 0.5), makeScore('Hernia', 0.1, 0.5), makeScore('Mass', 0.7, null)];
const FILM = makeFilm('1', { prediction: makePrediction('1', 2, SCORES) });

it('agrees with what the model says, and only where there is no answer and a cut-off', () => {
  const review = { ...FILM.review, answers: { Hernia: 'unsure' } } as const;
  expect([agreement(SCORES, FILM.review), agreement(SCORES, review)]).toEqual([
    { Effusion: 'present', Hernia: 'absent' },
    { Effusion: 'present' },
  ]);
});

it('shows what main has kept, not what was asked for', async () => {
  const kept = { reader: 'Ann', answers: { Effusion: 'absent' }, at: '2026-01-01T00:00:00Z', done: false } as const;
  const { api, calls } = createFakeApi({ reviewFilm: () => kept });
  const controller = new ReviewController(api, new Notices());
  expect(controller.of(FILM)).toBe(FILM.review);
  await controller.answer(FILM, { Effusion: 'absent' });
  expect(controller.of(FILM)).toEqual(kept);
  controller.forget();
  expect(controller.of(FILM)).toBe(FILM.review);
  expect(calls).toEqual([{ name: 'reviewFilm', argument: { filmId: '1', answers: { Effusion: 'absent' } } }]);
});

it('tells of an answer that could not be kept, and shows the one of before', async () => {
  const { api } = createFakeApi({});
  const notices = new Notices();
  const controller = new ReviewController(api, notices);
  await controller.answer(FILM, { Effusion: 'absent' });
  expect([controller.of(FILM), notices.list.length]).toEqual([FILM.review, 1]);
});
