import { expect, test } from 'vitest';
import { decodeRle } from '#main/imaging/dicom/rle';

/** Packs literally: what matters here is the order of segments and samples, not the ratio. */
function frameOf(segments: readonly (readonly number[])[]): Uint8Array {
  const frame = [...new Array<number>(64).fill(0)];
  const view = new DataView(new ArrayBuffer(64));
  view.setUint32(0, segments.length, true);
  segments.forEach((packed, index) => {
    view.setUint32(4 + 4 * index, frame.length, true);
    frame.push(...packed);
  });
  return Uint8Array.from([...new Uint8Array(view.buffer), ...frame.slice(64)]);
}

const SHAPE = { pixels: 4, samplesPerPixel: 1, bytesPerSample: 1 } as const;

test('literal runs, replicated runs and the no-op of PS3.5 annex G', () => {
  const frame = frameOf([[0x80, 0x00, 7, 0xfe, 9]]);
  expect(decodeRle(frame, SHAPE)).toEqual({ bytes: Uint8Array.of(7, 9, 9, 9), complete: true });
});

test('16-bit samples come most significant byte first and leave little-endian', () => {
  const frame = frameOf([
    [1, 0x12, 0x34],
    [1, 0x56, 0x78],
  ]);
  const { bytes } = decodeRle(frame, { ...SHAPE, pixels: 2, bytesPerSample: 2 });
  expect(bytes).toEqual(Uint8Array.of(0x56, 0x12, 0x78, 0x34));
});

test('colour planes are interleaved', () => {
  const frame = frameOf([
    [1, 1, 2],
    [1, 3, 4],
    [1, 5, 6],
  ]);
  const shape = { ...SHAPE, pixels: 2, samplesPerPixel: 3 };
  expect(decodeRle(frame, shape).bytes).toEqual(Uint8Array.of(1, 3, 5, 2, 4, 6));
});

test.each([
  ['ends inside a run', frameOf([[0x03, 7]])],
  ['gives too few bytes', frameOf([[0x00, 7]])],
  ['holds more than the picture', frameOf([[0xfd, 7, 0x00, 8]])],
  ['runs over its end', frameOf([[0xfc, 7]])],
  ['has no header', new Uint8Array(10)],
  ['has a header of zeros', new Uint8Array(80)],
])('a frame that %s is incomplete', (_, frame) => {
  expect(decodeRle(frame, SHAPE).complete).toBe(false);
});

test('padding behind a segment is none of its bytes', () => {
  expect(decodeRle(frameOf([[0xfd, 7, 0x00]]), SHAPE).complete).toBe(true);
});
