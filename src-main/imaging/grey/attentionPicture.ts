/**
 * An attention map as a picture over the upright film. Only its positive part is shown: what speaks for the finding.
 * Colour and opacity both grow with the value, so that what the network did not look at stays the film.
 */
import { MAP_SIZE } from '#main/contract/prediction';
import { attentionColour } from './attentionColour';

/** Pixels of the picture along each side: 32 per cell, as many as the network's input. */
export const PICTURE_SIZE = 32 * MAP_SIZE;

/** Map `index` of [n,7,7]. */
export function mapOf(maps: Float32Array, index: number): Float32Array {
  const cells = MAP_SIZE * MAP_SIZE;
  return maps.subarray(index * cells, (index + 1) * cells);
}

/** Largest positive value of a map; 0 where nothing speaks for the finding. */
export function largestValue(map: Float32Array): number {
  return map.reduce((largest, value) => Math.max(largest, value), 0);
}

/** The positive part divided by the map's largest value: [7,7] in 0…1. */
export function scaledMap(map: Float32Array): Float32Array {
  const largest = largestValue(map);
  return map.map((value) => (largest === 0 ? 0 : Math.max(0, value) / largest));
}

/**
 * Value at (x, y) in cells, 0…7: bilinear between cell centres, the edge cells go on to the border.
 */
export function bilinear(map: Float32Array, x: number, y: number): number {
  const column = Math.min(MAP_SIZE - 1, Math.max(0, x - 0.5));
  const row = Math.min(MAP_SIZE - 1, Math.max(0, y - 0.5));
  const left = Math.floor(column);
  const top = Math.floor(row);
  const right = Math.min(left + 1, MAP_SIZE - 1);
  const bottom = Math.min(top + 1, MAP_SIZE - 1);
  const fx = column - left;
  const fy = row - top;
  const upper = cell(map, left, top) * (1 - fx) + cell(map, right, top) * fx;
  const lower = cell(map, left, bottom) * (1 - fx) + cell(map, right, bottom) * fx;
  return upper * (1 - fy) + lower * fy;
}

/** RGBA [224,224,4]. `scaled` in 0…1; `cells` shows the 7×7 values as they are instead of the smooth picture. */
export function paintAttention(scaled: Float32Array, cells: boolean): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(PICTURE_SIZE * PICTURE_SIZE * 4);
  const step = MAP_SIZE / PICTURE_SIZE;
  for (let y = 0; y < PICTURE_SIZE; y++) {
    for (let x = 0; x < PICTURE_SIZE; x++) {
      const column = (x + 0.5) * step;
      const row = (y + 0.5) * step;
      const value = cells ? cell(scaled, Math.floor(column), Math.floor(row)) : bilinear(scaled, column, row);
      pixels.set(attentionColour(value), (y * PICTURE_SIZE + x) * 4);
      pixels[(y * PICTURE_SIZE + x) * 4 + 3] = 255 * value;
    }
  }
  return pixels;
}

function cell(map: Float32Array, column: number, row: number): number {
  return map[row * MAP_SIZE + column] ?? 0;
}
