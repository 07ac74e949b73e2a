import { expect, it } from 'vitest';
import { curvePath, rangeOf } from '../../../src-renderer/training/curve';

const BOX = { width: 100, height: 10 };

it('draws a curve from left to right with y upwards, and leaves gaps where there is no value', () => {
  expect([
    curvePath([0, 1, 0.5], 3, { low: 0, high: 1 }, BOX),
    curvePath([0, null, 1, 0], 4, { low: 0, high: 1 }, BOX),
    curvePath([null, null], 2, { low: 0, high: 1 }, BOX),
  ]).toEqual(['M0.0 10.0L50.0 0.0L100.0 5.0', 'M0.0 10.0h0.01M66.7 0.0L100.0 10.0', '']);
});

it('has a range for a flat curve and for none', () => {
  expect([rangeOf([[0.2, null, 0.6], [0.9]]), rangeOf([[0.5, 0.5]]), rangeOf([[], [null]])]).toEqual([
    { low: 0.2, high: 0.9 },
    { low: 0, high: 1 },
    { low: 0, high: 1 },
  ]);
});
