/**
 * Pillow's resize(NEAREST) for 8-bit grey, bit for bit (ImagingScaleAffine of libImaging/Geometry.c): the sample in
 * which the middle of the new one falls, its place summed up step by step as there.
 */

/** `grey` [rows*columns] → [toRows*toColumns]. All sizes are at least 1. */
export function resizeNearest(
  grey: Uint8Array,
  rows: number,
  columns: number,
  toRows: number,
  toColumns: number,
): Uint8Array {
  const rowPlaces = places(rows, toRows);
  const columnPlaces = places(columns, toColumns);
  const result = new Uint8Array(toRows * toColumns);
  let at = 0;
  for (const row of rowPlaces) for (const column of columnPlaces) result[at++] = grey[row * columns + column]!;
  return result;
}

function places(from: number, to: number): Int32Array {
  const step = from / to;
  let place = step * 0.5;
  // A sum of many steps can round beyond the last sample, where Pillow would leave black.
  return Int32Array.from({ length: to }, () => {
    const sample = Math.min(Math.trunc(place), from - 1);
    place += step;
    return sample;
  });
}
