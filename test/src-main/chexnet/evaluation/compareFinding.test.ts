import { expect, it } from 'vitest';
import { compareFinding } from '#main/chexnet/evaluation/compareFinding';

it('counts the flags of either model, and those that it gives alone', () => {
  const first = Float64Array.of(0.1, 0.5, 0.9, 0.75);
  const second = Float64Array.of(0.2, 0.25, 0.3, 0.125);
  const { mean, ...compared } = compareFinding(
    [first, second],
    [
      [false, true, true, true],
      [true, true, true, false],
    ],
  );
  expect(mean[0]).toBeCloseTo(0.5625, 12);
  expect(mean[1]).toBeCloseTo(0.21875, 12);
  expect(compared.meanDifference).toBeCloseTo(0.34375, 12);
  expect(compared).toMatchObject({ flags: [3, 3], flaggedByOne: [1, 1], largestDifference: 0.625 });
});
