/** Segments that are wrong; what right ones give is compared with pydicom in displayTable. */
import { describe, expect, test } from 'vitest';
import { expandSegments } from '#main/imaging/dicom/expandSegments';

const bytes = (...values: number[]) => expandSegments(Uint8Array.from(values), 6);
const words = (...values: number[]) => expandSegments(Uint16Array.from(values), 6);

describe('segments', () => {
  test('of words are copied from a byte offset on', () => {
    // From byte 6 on lies the second segment.
    expect(words(0, 1, 5, 0, 2, 700, 900, 2, 1, 6, 0, 1, 1, 300)).toEqual(Uint16Array.of(5, 700, 900, 700, 900, 300));
  });

  test.each([
    ['begin with a line', bytes(1, 6, 9)],
    ['begin with a copy of nothing', bytes(2, 1, 200, 0, 0, 0)],
    ['copy each other', bytes(0, 1, 5, 2, 9, 3, 0, 0, 0)],
    ['are of an unknown kind', bytes(3, 1, 5, 0, 0)],
    ['are fewer than the table has entries', bytes(0, 2, 5, 6)],
    ['are more than the table has entries', bytes(0, 7, 1, 2, 3, 4, 5, 6, 7)],
    ['end within one', bytes(0, 6, 1, 2)],
  ])('that %s are no table', (_, table) => expect(table).toBeNull());
});
