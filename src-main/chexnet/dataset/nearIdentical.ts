/**
 * Films that look the same, among a hundred thousand: pairs whose fingerprints differ in at most 4 of 64 bits
 * (contract/fingerprint). Two such fingerprints agree in at least one of five parts, so only films that share a part
 * are compared; the parts take every fifth bit, because neighbouring frequencies of chest films are alike.
 * NIH's 1,235 films let expect 3 to 4 chance pairs in 10 million: a pair is a reason to keep two films on one side of
 * a split, and no proof that they are one.
 */
import { NEAR_IDENTICAL_BITS } from '#main/contract/fingerprint';

const PARTS = NEAR_IDENTICAL_BITS + 1;

export type NearPair = {
  /** Places in the list, the smaller first. */
  readonly one: number;
  readonly other: number;
};

/**
 * `fingerprints`: 16 hex digits each. Of films whose fingerprints are equal each is paired with the first one only, and
 * only the first one with others: enough to tell what belongs together, however many copies there are. Yields between
 * pieces of work, so that whoever runs it can give others a turn.
 */
export function* findNearIdentical(fingerprints: readonly string[]): Generator<undefined, NearPair[]> {
  const pairs: NearPair[] = [];
  const firsts = new Map<string, number>();
  for (const [index, fingerprint] of fingerprints.entries()) {
    const first = firsts.get(fingerprint);
    if (first === undefined) firsts.set(fingerprint, index);
    else pairs.push({ one: first, other: index });
  }
  const different = [...firsts.values()];
  const high = Uint32Array.from(different, (index) => Number.parseInt(fingerprints[index]!.slice(0, 8), 16));
  const low = Uint32Array.from(different, (index) => Number.parseInt(fingerprints[index]!.slice(8), 16));
  for (let part = 0; part < PARTS; part++) {
    for (const bucket of bucketsOf(high, low, part)) {
      comparePairs(bucket, part);
      yield;
    }
  }
  return pairs;

  function comparePairs(bucket: readonly number[], part: number): void {
    for (const [place, one] of bucket.entries()) {
      for (let next = place + 1; next < bucket.length; next++) {
        const other = bucket[next]!;
        const highBits = high[one]! ^ high[other]!;
        const lowBits = low[one]! ^ low[other]!;
        if (countBits(highBits) + countBits(lowBits) > NEAR_IDENTICAL_BITS) continue;
        // A pair that agrees in several parts is found in each of them: the first of these tells.
        if (firstEqualPart(highBits, lowBits) === part) pairs.push({ one: different[one]!, other: different[other]! });
      }
    }
  }
}

/** Films with the same bits in a part, where there are two or more. */
function bucketsOf(high: Uint32Array, low: Uint32Array, part: number): number[][] {
  const buckets = new Map<string, number[]>();
  for (let index = 0; index < high.length; index++) {
    const key = `${(high[index]! & HIGH_MASKS[part]!) >>> 0},${(low[index]! & LOW_MASKS[part]!) >>> 0}`;
    const bucket = buckets.get(key);
    if (bucket === undefined) buckets.set(key, [index]);
    else bucket.push(index);
  }
  return [...buckets.values()].filter(({ length }) => length > 1);
}

const HIGH_MASKS = maskParts(32);
const LOW_MASKS = maskParts(0);

/** Bits `from` … `from` + 31 of the 64 that belong to each part. */
function maskParts(from: number): Uint32Array {
  const masks = new Uint32Array(PARTS);
  for (let bit = 0; bit < 32; bit++) masks[(from + bit) % PARTS]! |= 1 << bit;
  return masks;
}

function firstEqualPart(highBits: number, lowBits: number): number {
  return HIGH_MASKS.findIndex((mask, part) => ((highBits & mask) | (lowBits & LOW_MASKS[part]!)) === 0);
}

/** Ones of 32 bits (Hacker's Delight, 5-1). */
function countBits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
