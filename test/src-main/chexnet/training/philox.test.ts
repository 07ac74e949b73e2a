import { describe, expect, it } from 'vitest';
import { createRandom, philox } from '#main/chexnet/training/philox';

const ALL = 0xffffffff;

describe('philox', () => {
  // Random123 1.14, tests/kat_vectors, philox4x32 10.
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [ALL, ALL, ALL, ALL],
      [ALL, ALL],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)('gives the published numbers for counter %j', (counter, key, expected) => {
    expect(philox(counter, key)).toEqual(expected);
  });

  it('gives numbers that depend on their place alone', () => {
    const one = createRandom(7, 'augmentation', 3, 700);
    const numbers = [one(), one(), one(), one(), one()];
    const again = createRandom(7, 'augmentation', 3, 700);
    expect([again(), again(), again(), again(), again()]).toEqual(numbers);
    expect(
      new Set([...numbers, createRandom(7, 'order', 3, 700)(), createRandom(8, 'augmentation', 3, 700)()]).size,
    ).toBe(7);
  });
});
