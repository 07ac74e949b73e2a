import { describe, expect, test } from 'vitest';
import type { Attributes } from '#main/imaging/dicom/attributes';
import { readFrames } from '#main/imaging/dicom/frames';

const ITEM = [0xfe, 0xff, 0x00, 0xe0];
const DELIMITER = [0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0];

function item(bytes: readonly number[]): number[] {
  return [...ITEM, bytes.length, 0, 0, 0, ...bytes];
}

/** Pixel Data from its first item on, with the extended offset table beside it. */
function pixelData(items: readonly (readonly number[])[], extended: readonly bigint[] = []) {
  const file = Uint8Array.from([...items.flatMap(item), ...DELIMITER]);
  const attributes = {
    element: () => ({ dataOffset: 0 }),
    bytes: () => new Uint8Array(BigUint64Array.from(extended).buffer),
  } as unknown as Attributes;
  return { file, attributes };
}

function streams(data: ReturnType<typeof pixelData>, frames: number): number[][] {
  return readFrames(data.file, data.attributes, frames).map(({ bytes }) => [...bytes]);
}

const SOI = [0xff, 0xd8];

describe('frames are cut', () => {
  test('from all fragments where there is one frame', () => {
    expect(streams(pixelData([[], [1, 2], [3, 4]]), 1)).toEqual([[1, 2, 3, 4]]);
  });
  test('before the next one, where the file holds more than it says', () => {
    const jpeg = [0xff, 0xd8, 0xff, 1];
    expect(streams(pixelData([[], jpeg, [3, 4], jpeg]), 1)).toEqual([[...jpeg, 3, 4]]);
    const jpeg2000 = [0xff, 0x4f, 0xff, 0x51];
    expect(streams(pixelData([[], jpeg2000, [0xff, 0x4f, 1, 2], jpeg2000]), 1)).toEqual([
      [...jpeg2000, 0xff, 0x4f, 1, 2],
    ]);
  });
  test('by the Basic Offset Table', () => {
    expect(
      streams(
        pixelData([
          [0, 0, 0, 0, 20, 0, 0, 0],
          [1, 2],
          [3, 4],
          [5, 6],
        ]),
        2,
      ),
    ).toEqual([
      [1, 2, 3, 4],
      [5, 6],
    ]);
  });
  test('by the Extended Offset Table', () => {
    expect(streams(pixelData([[], [1, 2], [3, 4], [5, 6]], [0n, 10n]), 2)).toEqual([
      [1, 2],
      [3, 4, 5, 6],
    ]);
  });
  test('one a fragment where there are as many', () => {
    expect(streams(pixelData([[], [1, 2], [3, 4]]), 2)).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
  test('at start markers where no table helps', () => {
    const zeros = [0, 0, 0, 0, 0, 0, 0, 0];
    expect(streams(pixelData([zeros, [...SOI], [3, 4], [...SOI]]), 2)).toEqual([[...SOI, 3, 4], [...SOI]]);
    expect(streams(pixelData([[9, 9, 9, 9], [...SOI], [3, 4], [...SOI]]), 2)).toEqual([[...SOI, 3, 4], [...SOI]]);
  });
});

test('a fragment that reaches beyond the file is cut', () => {
  const { file, attributes } = pixelData([[], [1, 2, 3, 4]]);
  const [frame] = readFrames(file.subarray(0, 18), attributes, 1);
  expect(frame).toEqual({ bytes: Uint8Array.of(1, 2), cut: true });
});
