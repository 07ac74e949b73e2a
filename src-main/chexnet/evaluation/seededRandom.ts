/**
 * Seeded random numbers, the same on every machine: xoshiro128** 1.1 (Blackman and Vigna), its state filled by
 * splitmix32. Bootstraps and splits name the seed that they were made with.
 */
export type SeededRandom = {
  /** A whole number in [0, 2³²). */
  readonly next: () => number;
  /** A whole number in [0, below), without bias. */
  readonly integer: (below: number) => number;
};

const RANGE = 2 ** 32;

export function seededRandom(seed: number): SeededRandom {
  const state = Uint32Array.from({ length: 4 }, splitmix(seed));
  function next(): number {
    const second = state[1]!;
    const result = Math.imul(rotate(Math.imul(second, 5), 7), 9) >>> 0;
    state[2]! ^= state[0]!;
    state[3]! ^= second;
    state[1]! ^= state[2]!;
    state[0]! ^= state[3]!;
    state[2]! ^= second << 9;
    state[3] = rotate(state[3]!, 11);
    return result;
  }
  function integer(below: number): number {
    const limit = RANGE - (RANGE % below);
    let number = next();
    while (number >= limit) number = next();
    return number % below;
  }
  return { next, integer };
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function splitmix(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}
