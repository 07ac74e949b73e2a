/** The size of a film whose pixels are not square, once they are (PS3.3 C.7.6.3.1.7, 10.7.1.3). */
import type { PixelGeometry } from '#main/contract/film';

/** Rows and columns before the film is turned. No side gets fewer pixels than are stored. */
export function squareSize({ rows, columns, pixelAspect }: Pick<PixelGeometry, 'rows' | 'columns' | 'pixelAspect'>): {
  rows: number;
  columns: number;
} {
  return pixelAspect >= 1
    ? { rows: Math.round(rows * pixelAspect), columns }
    : { rows, columns: Math.round(columns / pixelAspect) };
}
