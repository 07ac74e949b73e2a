/**
 * Philox4x32-10, a counter-based random number generator: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3"
 * (SC 2011). A number depends on its key and its counter and on nothing that was drawn before, so that film 700 of
 * epoch 3 is turned by the same angle whether the run was interrupted or not.
 */

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/** High 32 bits of the product of two unsigned 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const [aLow, aHigh, bLow, bHigh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carried = aLow * bHigh + (middle % 0x10000);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carried / 0x10000)) >>> 0;
}

export type Block = readonly [number, number, number, number];

/** Four unsigned 32-bit numbers for a counter and a key of such numbers. */
export function philox(counter: Block, key: readonly [number, number]): Block {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low0 = Math.imul(MULTIPLIER_0, c0) >>> 0;
    const low1 = Math.imul(MULTIPLIER_1, c2) >>> 0;
    [c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1, (high0 ^ c3 ^ k1) >>> 0, low0];
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** What random numbers are drawn for: each use has its own, so that one more draw here changes nothing there. */
const STREAMS = { order: 1, augmentation: 2, weights: 3 } as const;
export type Stream = keyof typeof STREAMS;

/** The numbers of one stream at one place (epoch and film, or layer), in the order in which they are drawn: 0 ≤ x < 1. */
export function createRandom(seed: number, stream: Stream, first = 0, second = 0): () => number {
  const key = [seed >>> 0, STREAMS[stream]] as const;
  let drawn = 0;
  let block: Block = [0, 0, 0, 0];
  return () => {
    const place = drawn % 4;
    if (place === 0) block = philox([drawn / 4, first >>> 0, second >>> 0, 0], key);
    drawn++;
    return block[place]! / 0x1_0000_0000;
  };
}
