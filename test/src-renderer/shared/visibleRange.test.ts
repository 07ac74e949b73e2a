import { expect, it } from 'vitest';
import { scrollTo, visibleRange } from '../../../src-renderer/shared/visibleRange';

it('gives the rows on the screen and some beyond, within the list', () => {
  const ranges = [
    visibleRange(0, 440, 44, 100_000, 2),
    visibleRange(44 * 500 + 10, 440, 44, 100_000, 2),
    visibleRange(44 * 99_990, 440, 44, 100_000, 2),
    visibleRange(5000, 440, 44, 3, 2),
    visibleRange(0, 440, 44, 0),
  ];
  expect(ranges).toEqual([
    { first: 0, last: 12 },
    { first: 498, last: 513 },
    { first: 99_988, last: 100_000 },
    { first: 3, last: 3 },
    { first: 0, last: 0 },
  ]);
});

it('scrolls no further than a row needs', () => {
  expect([scrollTo(5, 0, 440, 44), scrollTo(10, 0, 440, 44), scrollTo(3, 440, 440, 44)]).toEqual([0, 44, 132]);
});
