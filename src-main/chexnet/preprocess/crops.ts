/** Crops as torchvision and TorchXRayVision make them: where they begin, and what of the film they show. */
import type { FilmArea } from '#main/contract/networkFilm';

/** 8-bit grey, row by row. */
export type Picture = { readonly grey: Uint8Array; readonly rows: number; readonly columns: number };

export type Crop = { readonly top: number; readonly left: number; readonly rows: number; readonly columns: number };

/** The square of `size` in the middle: torchvision's CenterCrop, which rounds halves to even as Python does. */
export function centreCrop({ rows, columns }: Picture, size: number): Crop {
  return { ...{ rows: size, columns: size }, top: halfToEven(rows - size), left: halfToEven(columns - size) };
}

function halfToEven(margin: number): number {
  const half = Math.floor(margin / 2);
  return margin % 2 === 1 && half % 2 === 1 ? half + 1 : half;
}

/** The largest square in the middle: TorchXRayVision's XRayCenterCrop. */
export function largestSquare({ rows, columns }: Picture): Crop {
  const side = Math.min(rows, columns);
  const half = Math.floor(side / 2);
  return { rows: side, columns: side, top: Math.floor(rows / 2) - half, left: Math.floor(columns / 2) - half };
}

/** Corners and middle, in the order of torchvision's FiveCrop. */
export function fiveCrops(picture: Picture, size: number): Crop[] {
  const [bottom, right] = [picture.rows - size, picture.columns - size];
  const square = { rows: size, columns: size };
  return [
    { ...square, top: 0, left: 0 },
    { ...square, top: 0, left: right },
    { ...square, top: bottom, left: 0 },
    { ...square, top: bottom, left: right },
    centreCrop(picture, size),
  ];
}

export function cut({ grey, columns }: Picture, crop: Crop): Uint8Array {
  const result = new Uint8Array(crop.rows * crop.columns);
  for (let row = 0; row < crop.rows; row++) {
    const from = (crop.top + row) * columns + crop.left;
    result.set(grey.subarray(from, from + crop.columns), row * crop.columns);
  }
  return result;
}

/** Left and right exchanged. */
export function mirror({ grey, rows, columns }: Picture): Picture {
  const result = new Uint8Array(grey.length);
  for (let row = 0; row < rows; row++) {
    result.set(grey.subarray(row * columns, (row + 1) * columns).toReversed(), row * columns);
  }
  return { grey: result, rows, columns };
}

/** What a crop shows of the picture, in shares of its sides. */
export function areaOf({ rows, columns }: Picture, crop: Crop): FilmArea {
  return {
    left: crop.left / columns,
    top: crop.top / rows,
    width: crop.columns / columns,
    height: crop.rows / rows,
  };
}
