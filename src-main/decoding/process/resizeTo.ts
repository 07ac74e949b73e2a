/** A picture whose longer side has `longerSide` pixels, of the same shape. */
import { resizeBilinear } from '#main/imaging/resize/resizeBilinear';
import type { GreyPicture } from './writePng';

export function resizeTo({ grey, rows, columns }: GreyPicture, longerSide: number): GreyPicture {
  const scale = longerSide / Math.max(rows, columns);
  const toRows = Math.max(1, Math.round(rows * scale));
  const toColumns = Math.max(1, Math.round(columns * scale));
  return { grey: resizeBilinear(grey, rows, columns, toRows, toColumns), rows: toRows, columns: toColumns };
}
