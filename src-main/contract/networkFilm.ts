/** A film as a network takes it: one picture, or several crops whose answers are averaged, as the model's card says. */
import type { ResizeRule } from './card';

/** All that decoding needs to know of a network's input. */
export type FilmResize = { readonly resize: ResizeRule; readonly size: number };

/** [size·size] display grey, 0…255: bytes where the card's resize rounds to them, float32 where it does not. */
export type NetworkPixels = Uint8Array | Float32Array;

/** A part of the upright film, in shares of its width and height. */
export type FilmArea = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
};

export type FilmView = {
  readonly pixels: NetworkPixels;
  /** What of the film these pixels show: attention maps are placed there. */
  readonly area: FilmArea;
  /** Left and right are exchanged. */
  readonly mirrored: boolean;
};

/** At least one. */
export type NetworkFilm = readonly FilmView[];
