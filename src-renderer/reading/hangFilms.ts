/** Which films of a study hang side by side: the one being read, and the lateral beside its frontal. */
import type { FilmView } from '#main/contract/study';
import type { FilmId } from '#main/contract/ids';

/** As the header says, or as the film was judged by it; never guessed from the picture. */
export function isLateral(film: FilmView): boolean {
  return film.problem?.code === 'film/lateral' || /^(LL|RL|LLD|RLD|LAT|LATERAL)$/i.test(film.facts.view);
}

/** The film that a study opens with: the most urgent judged one, else the first that is no lateral, else the first. */
export function firstToRead(films: readonly FilmView[]): FilmView | undefined {
  const judged = films
    .filter((film) => film.prediction !== null)
    .toSorted((one, other) => (other.prediction?.priority ?? 0) - (one.prediction?.priority ?? 0));
  return judged[0] ?? films.find((film) => !isLateral(film)) ?? films[0];
}

/** One or two films, frontal left, lateral right. */
export function hangFilms(films: readonly FilmView[], activeId: FilmId | null): readonly FilmView[] {
  const active = films.find((film) => film.id === activeId);
  if (active === undefined) return [];
  const lateral = isLateral(active) ? active : films.find(isLateral);
  const frontal = isLateral(active) ? firstToRead(films.filter((film) => !isLateral(film))) : active;
  return [frontal, lateral].filter((film) => film !== undefined);
}
