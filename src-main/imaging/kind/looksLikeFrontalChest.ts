/**
 * Does a picture look like a frontal chest film, shown in the usual polarity and the right way up? One number: the
 * correlation of its 16 × 16 block means with those of a mean chest film. It only ever warns.
 *
 * Warned at the threshold below: 19 of 1,235 frontal films of NIH ChestX-ray14 (1.5 %); none of 4 other chest films
 * whose header is right; of other pictures hips 1 of 1, tibias 1 of 1, animal films 2 of 2, CT slices 6 of 7, MR 3 of
 * 3, a bone scan 1 of 1, ultrasound 1 of 1, screenshots, diagrams and icons 35 of 46. Missed were a hand (0.49) and a
 * panorama of teeth (0.43): both are dark beside bright, as a chest is.
 * It cannot tell a lateral: no free human lateral films exist to measure on.
 */
import type { FilmWarning } from '#main/contract/film';
import { CHEST_TEMPLATE, TEMPLATE_SIDE } from './chestTemplate';

/** Below it the picture is called unusual. */
const UNUSUAL_BELOW = 0.3;
/** Below it the picture is so much a chest's opposite that its polarity is probably wrong. */
const INVERTED_BELOW = -0.45;

/** `grey`: display grey, [side*side], black = 0. Null where the picture looks as expected. */
export function warnOfUnusualPicture(grey: Uint8Array, side: number): FilmWarning | null {
  const likeness = chestLikeness(grey, side);
  if (likeness >= UNUSUAL_BELOW) return null;
  const message =
    likeness < INVERTED_BELOW
      ? 'The picture looks like the negative of a chest film, or like another part of the body.'
      : 'The picture does not look like a frontal chest film.';
  return { code: 'unusual-picture', message };
}

/** Correlation with the mean chest film, -1 … 1; 0 for a picture without contrast. `side` is at least 16. */
export function chestLikeness(grey: Uint8Array, side: number): number {
  const blocks = blockMeans(grey, side);
  const mean = blocks.reduce((sum, value) => sum + value, 0) / blocks.length;
  let product = 0;
  let power = 0;
  let templatePower = 0;
  for (const [index, value] of blocks.entries()) {
    const expected = CHEST_TEMPLATE[index] ?? 0;
    product += (value - mean) * expected;
    power += (value - mean) ** 2;
    templatePower += expected ** 2;
  }
  return power === 0 ? 0 : product / Math.sqrt(power * templatePower);
}

function blockMeans(grey: Uint8Array, side: number): Float64Array {
  const sums = new Float64Array(TEMPLATE_SIDE * TEMPLATE_SIDE);
  const counts = new Float64Array(sums.length);
  for (let row = 0; row < side; row++) {
    const blockRow = Math.floor((row * TEMPLATE_SIDE) / side) * TEMPLATE_SIDE;
    for (let column = 0; column < side; column++) {
      const block = blockRow + Math.floor((column * TEMPLATE_SIDE) / side);
      sums[block] = (sums[block] ?? 0) + (grey[row * side + column] ?? 0);
      counts[block] = (counts[block] ?? 0) + 1;
    }
  }
  return sums.map((sum, block) => sum / Math.max(1, counts[block] ?? 1));
}
