import { describe, expect, it } from 'vitest';
import { fingerprintDistance, NEAR_IDENTICAL_BITS } from '#main/contract/fingerprint';
import { findNearIdentical, type NearPair } from '#main/chexnet/dataset/nearIdentical';
import { randomNumbers } from '#test/helpers/randomNumbers';

const random = randomNumbers(1);

function randomBits(): bigint {
  return (BigInt(Math.floor(random() * 2 ** 32)) << 32n) | BigInt(Math.floor(random() * 2 ** 32));
}

function hex(bits: bigint): string {
  return bits.toString(16).padStart(16, '0');
}

/** `bits` with `count` of its 64 bits turned. */
function turnBits(bits: bigint, count: number): bigint {
  const places = new Set<number>();
  while (places.size < count) places.add(Math.floor(random() * 64));
  return [...places].reduce((turned, place) => turned ^ (1n << BigInt(place)), bits);
}

function nearPairs(fingerprints: readonly string[]): NearPair[] {
  const work = findNearIdentical(fingerprints);
  for (let step = work.next(); ; step = work.next()) if (step.done === true) return step.value;
}

describe('findNearIdentical', () => {
  it('finds the pairs that a comparison of all films with all finds', () => {
    const films = Array.from({ length: 120 }, randomBits);
    const near = films.slice(0, 90).map((bits, index) => turnBits(bits, (index % 9) + 1));
    const fingerprints = [...films, ...near].map(hex);
    const expected = fingerprints.flatMap((one, index) =>
      fingerprints.flatMap((other, place) =>
        index < place && fingerprintDistance(one, other) <= NEAR_IDENTICAL_BITS ? [`${index} ${place}`] : [],
      ),
    );
    const found = nearPairs(fingerprints).map(({ one, other }) => `${one} ${other}`);
    expect(found.toSorted()).toEqual(expected.toSorted());
    expect(expected.length).toBeGreaterThan(30);
  });

  it('pairs copies with the first of them only', () => {
    const copies = new Array<string>(1000).fill('00000000ffffffff');
    const pairs = nearPairs([...copies, '00000000fffffff0']);
    expect(pairs).toHaveLength(1000);
    expect(pairs.every(({ one }) => one === 0)).toBe(true);
  });
});
