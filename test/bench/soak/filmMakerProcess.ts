/** Makes films in a process of its own, so that the memory of making them is not mistaken for Hilum's. */
import { parentPort } from '#main/channel/parentPort';
import { serve } from '#main/channel/channel';
import { createFilmMaker } from '../makeFilms';

export type FilmMakerProtocol = {
  /** Paths of `count` new films in the folder, numbered from `first`. */
  write: {
    argument: { readonly folder: string; readonly first: number; readonly count: number };
    reply: readonly string[];
  };
};

const maker = createFilmMaker();

serve<FilmMakerProtocol>(parentPort(), {
  write: async ({ folder, first, count }) => (await maker).write(folder, first, count),
});
