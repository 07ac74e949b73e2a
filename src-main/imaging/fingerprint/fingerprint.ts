/**
 * A 64-bit perceptual hash: the same exposure exported again (another size, JPEG, another container) keeps it, so
 * that near-identical films are found without comparing pixels. A film of 32×32 greys → cosine transform →
 * the 64 lowest frequencies in both directions without the flat ones → which of them lie above their median.
 */
import { resizeBilinear } from '#main/imaging/resize/resizeBilinear';

const SIZE = 32;
const FREQUENCIES = 8;

/**
 * Films at most this far apart are near-identical. Measured on 1,235 NIH films of 983 patients: 22 of them at 1024 and
 * at 256 pixels, and as JPEG of quality 60, are at most 2 apart; of 761,995 pairs of different films none is
 * nearer than 6. A changed window or gamma moves a film by up to 6 and may go unseen.
 */
export const NEAR_IDENTICAL_BITS = 4;

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

/** In how many of 64 bits two fingerprints differ. */
export function fingerprintDistance(one: string, other: string): number {
  let differing = BigInt(`0x${one}`) ^ BigInt(`0x${other}`);
  let count = 0;
  for (; differing > 0n; differing >>= 1n) count += Number(differing & 1n);
  return count;
}
