/**
 * A 64-bit perceptual hash: the same exposure exported again (another size, JPEG, another container) keeps it, so
 * that near-identical films are found without comparing pixels. A film of 32×32 greys → cosine transform →
 * the 64 lowest frequencies in both directions without the flat ones → which of them lie above their median.
 */
import { resizeBilinear } from '#main/imaging/resize/resizeBilinear';

const SIZE = 32;
const FREQUENCIES = 8;

/** cos(π f (x + ½) / 32) of frequency f = 1 … 8 at [f-1][x]. */
const COSINES = Array.from({ length: FREQUENCIES }, (_, index) =>
  Float64Array.from({ length: SIZE }, (_unused, x) => Math.cos((Math.PI * (index + 1) * (x + 0.5)) / SIZE)),
);

/** Display grey [rows*columns] → 16 hex digits. */
export function fingerprint(grey: Uint8Array, rows: number, columns: number): string {
  const small = resizeBilinear(grey, rows, columns, SIZE, SIZE);
  const strengths = COSINES.flatMap((vertical) => COSINES.map((horizontal) => strength(small, vertical, horizontal)));
  const sorted = strengths.toSorted((a, b) => a - b);
  const median = (sorted[31]! + sorted[32]!) / 2;
  const bits = strengths.map((value) => (value > median ? '1' : '0')).join('');
  return BigInt(`0b${bits}`).toString(16).padStart(16, '0');
}

function strength(small: Uint8Array, vertical: Float64Array, horizontal: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < SIZE; row++) {
    let rowSum = 0;
    for (let column = 0; column < SIZE; column++) rowSum += small[row * SIZE + column]! * horizontal[column]!;
    sum += rowSum * vertical[row]!;
  }
  return sum;
}
