import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FilmId, StudyId, TaskId } from '#main/contract/ids';
import type { FilmView } from '#main/contract/study';
import { StudyController } from '../../../src-renderer/reading/studyController.svelte';
import { Notices } from '../../../src-renderer/shared/notices.svelte';
import { createFakeApi } from '../fakeApi';
import { makeFilm, makePrediction, makeRow } from '../makeStudies';

const STUDY = '1' as StudyId;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(new Uint16Array(8))));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function open(films: FilmView[]) {
  const fake = createFakeApi({
    openStudy: () => ({ row: makeRow(1), films: [...films] }),
    openFilm: ({ filmId }) => films.find(({ id }) => id === filmId) as FilmView,
    analyseFilm: () => 'task' as TaskId,
  });
  return { fake, controller: new StudyController(fake.api, new Notices()) };
}

describe('StudyController', () => {
  it('opens the film to read first and loads what hangs', async () => {
    const { fake, controller } = open([makeFilm('a'), makeFilm('b', { view: 'LL' }), makeFilm('c')]);
    await controller.open(STUDY);
    expect(controller.activeId).toBe('a');
    const loaded = fake.calls.filter(({ name }) => name === 'openFilm').map(({ argument }) => argument);
    expect(loaded).toEqual([{ filmId: 'a' }, { filmId: 'b' }]);
  });

  it('shows numbers that come while it is open, and keeps window and zoom', async () => {
    const films = [makeFilm('a')];
    const { fake, controller } = open(films);
    controller.listen();
    await controller.open(STUDY);
    const film = controller.controllerOf('a' as FilmId);
    film?.dragWindow(10, 0);
    const preset = film?.preset;
    films[0] = makeFilm('a', { status: 'ok', prediction: makePrediction('p', 1) });
    fake.push('studiesChanged', { studyId: STUDY });
    await vi.advanceTimersByTimeAsync(1000);
    expect([controller.active?.status, controller.controllerOf('a' as FilmId)]).toEqual(['ok', film]);
    expect(film?.preset).toBe(preset);
  });

  it('keeps the findings of the frontal in view while its lateral is active', async () => {
    const judged = makeFilm('a', { status: 'ok', prediction: makePrediction('p', 1) });
    const { controller } = open([judged, makeFilm('b', { view: 'LL', status: 'not_scored' }), makeFilm('c')]);
    await controller.open(STUDY);
    const subjects = ['a', 'b', 'c'].map((id) => {
      controller.activate(id as FilmId);
      return controller.subject?.id;
    });
    expect(subjects).toEqual(['a', 'a', 'c']);
  });

  it('leaves other studies’ changes alone', async () => {
    const { fake, controller } = open([makeFilm('a')]);
    controller.listen();
    await controller.open(STUDY);
    fake.push('studiesChanged', { studyId: '2' as StudyId });
    await vi.advanceTimersByTimeAsync(1000);
    expect(fake.calls.filter(({ name }) => name === 'openStudy')).toHaveLength(1);
  });

  it('sends the refusal’s code with the reason that overrides it', async () => {
    const problem = { code: 'film/age-out-of-range', message: '', details: {} } as const;
    const film = makeFilm('a', { status: 'refused', problem });
    const { fake, controller } = open([film]);
    await controller.open(STUDY);
    await controller.analyse(film, 'header is wrong');
    expect(fake.calls.at(-1)).toEqual({
      name: 'analyseFilm',
      argument: { filmId: 'a', override: { code: 'film/age-out-of-range', reason: 'header is wrong' } },
    });
    expect([...controller.analyses]).toEqual([['a', 'task']]);
  });
});
