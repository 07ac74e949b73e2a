/** Cached films → the network's input: resized as for reading, changed as the recipe says, normalised. */
import type { ModelCard } from '#main/contract/card';
import type { Augmentation } from '#main/contract/run';
import { normalise } from '#main/chexnet/preprocess/preprocess';
import { augmentFilm, drawChange, mirror } from '#main/chexnet/training/augmentFilm';
import { CACHED_SIDE } from '#main/engine/protocol/trainingProtocol';
import { resizeBilinear } from '#main/imaging/resize/resizeBilinear';
import { openRecords } from './readFilms';

export type FilmSettings = {
  readonly cacheFile: string;
  readonly input: ModelCard['input'];
  readonly augmentation: Augmentation;
  readonly seed: number;
};

export type FilmRequest = {
  /** Numbers of the films in the cache. */
  readonly places: Uint32Array;
  /** `as-is` for validation; `mirrored` for the second half of a feature cache; else each film's own change. */
  readonly change: 'as-is' | 'mirrored' | { readonly epoch: number; readonly films: Uint32Array };
};

export type FilmPreparer = {
  /** [films,224,224,channels] */
  prepare(request: FilmRequest): Float32Array;
  close(): void;
};

export function openFilmPreparer({ cacheFile, input, augmentation, seed }: FilmSettings): FilmPreparer {
  const records = openRecords(cacheFile, CACHED_SIDE * CACHED_SIDE);
  const film = new Uint8Array(CACHED_SIDE * CACHED_SIDE);
  const { size } = input;

  function prepareOne(place: number, index: number, change: FilmRequest['change']): Uint8Array {
    records.read(place, film);
    const resized = resizeBilinear(film, CACHED_SIDE, CACHED_SIDE, size, size);
    if (change === 'as-is') return resized;
    if (change === 'mirrored') return mirror(resized, size);
    const drawn = drawChange(augmentation, seed, change.epoch, change.films[index]!);
    return augmentFilm(resized, size, augmentation, drawn);
  }

  return {
    prepare: ({ places, change }) =>
      normalise(
        Array.from(places, (place, index) => prepareOne(place, index, change)),
        input,
      ),
    close: () => records.close(),
  };
}
