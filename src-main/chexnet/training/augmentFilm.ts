/**
 * Mild changes of a film, drawn for each film and epoch: left for right, turned, moved, scaled, and more or less
 * contrast. Turning and its kin are one bilinear sampling, so that a film is blurred once at most.
 */
import type { Augmentation } from '#main/contract/run';
import { createRandom } from './philox';

/** What one film gets in one epoch. */
export type Change = {
  readonly flip: boolean;
  readonly radians: number;
  /** Shares of the side. */
  readonly right: number;
  readonly down: number;
  readonly scale: number;
  readonly contrast: number;
};

/** Every number is drawn, used or not: switching one change off leaves the others as they were. */
export function drawChange(bounds: Augmentation, seed: number, epoch: number, film: number): Change {
  const random = createRandom(seed, 'augmentation', epoch, film);
  const within = (bound: number): number => 2 * random() * bound - bound;
  return {
    flip: random() < 0.5 && bounds.flip,
    radians: (within(bounds.rotationDegrees) * Math.PI) / 180,
    right: within(bounds.shift),
    down: within(bounds.shift),
    scale: 1 + within(bounds.scale),
    contrast: 1 + within(bounds.contrast),
  };
}

/** `film` is [size·size] display grey; the result is a new one, or the same where nothing is changed. */
export function augmentFilm(film: Uint8Array, size: number, bounds: Augmentation, change: Change): Uint8Array {
  const flipped = change.flip ? mirror(film, size) : film;
  const moved = movesFilms(bounds) ? move(flipped, size, change) : flipped;
  return change.contrast === 1 ? moved : stretch(moved, change.contrast);
}

function movesFilms({ rotationDegrees, shift, scale }: Augmentation): boolean {
  return rotationDegrees > 0 || shift > 0 || scale > 0;
}

/** Left for right. */
export function mirror(film: Uint8Array, size: number): Uint8Array {
  const result = film.slice();
  for (let row = 0; row < size; row++) result.subarray(row * size, (row + 1) * size).reverse();
  return result;
}

/**
 * For each pixel of the result, where it came from: turned clockwise and scaled around the middle, then moved. What
 * comes from outside is black, as the border of a film is.
 */
function move(film: Uint8Array, size: number, { radians, right, down, scale }: Change): Uint8Array {
  const result = new Uint8Array(size * size);
  const middle = (size - 1) / 2;
  const [cosine, sine] = [Math.cos(radians) / scale, Math.sin(radians) / scale];
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const x = column - middle - right * size;
      const y = row - middle - down * size;
      result[row * size + column] = sample(film, size, middle + cosine * x + sine * y, middle - sine * x + cosine * y);
    }
  }
  return result;
}

function sample(film: Uint8Array, size: number, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const at = (row: number, column: number): number =>
    row < 0 || column < 0 || row >= size || column >= size ? 0 : film[row * size + column]!;
  const upper = at(top, left) * (left + 1 - x) + at(top, left + 1) * (x - left);
  const lower = at(top + 1, left) * (left + 1 - x) + at(top + 1, left + 1) * (x - left);
  return Math.round(upper * (top + 1 - y) + lower * (y - top));
}

function stretch(film: Uint8Array, contrast: number): Uint8Array {
  const mean = film.reduce((sum, value) => sum + value, 0) / film.length;
  const table = Uint8Array.from({ length: 256 }, (_, value) =>
    Math.max(0, Math.min(255, Math.round(mean + contrast * (value - mean)))),
  );
  return film.map((value) => table[value]!);
}
