import { describe, expect, it } from 'vitest';
import type { FilmId } from '#main/contract/ids';
import { firstToRead, hangFilms } from '../../../src-renderer/reading/hangFilms';
import { makeFilm, makePrediction } from '../makeStudies';

const frontal = makeFilm('frontal', { prediction: makePrediction('1', 0) });
const urgent = makeFilm('urgent', { prediction: makePrediction('2', 3.5), view: 'AP' });
const lateral = makeFilm('lateral', { view: 'LL', status: 'not_scored' });

function hung(films: Parameters<typeof hangFilms>[0], active: string): string[] {
  return hangFilms(films, active as FilmId).map(({ id }) => id);
}

describe('hanging', () => {
  it('begins with the most urgent film, and with a frontal where nothing is judged', () => {
    const unread = makeFilm('unread');
    expect([
      firstToRead([lateral, frontal, urgent])?.id,
      firstToRead([lateral, unread])?.id,
      firstToRead([lateral])?.id,
      firstToRead([]),
    ]).toEqual(['urgent', 'unread', 'lateral', undefined]);
  });

  it('hangs the lateral to the right of the frontal, whichever is active', () => {
    const films = [lateral, frontal, urgent];
    expect([hung(films, 'frontal'), hung(films, 'urgent'), hung(films, 'lateral')]).toEqual([
      ['frontal', 'lateral'],
      ['urgent', 'lateral'],
      ['urgent', 'lateral'],
    ]);
  });

  it('hangs one film alone where there is no other view', () => {
    expect([hung([frontal, urgent], 'urgent'), hung([lateral], 'lateral'), hung([frontal], 'gone')]).toEqual([
      ['urgent'],
      ['lateral'],
      [],
    ]);
  });
});
