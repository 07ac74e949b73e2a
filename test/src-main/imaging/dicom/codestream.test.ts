/** Damage that decoders pass over in silence, in streams as small as they can be. */
import { describe, expect, test } from 'vitest';
import { readCodestream } from '#main/imaging/dicom/codestream';

const isComplete = (bytes: readonly number[]) => readCodestream(Uint8Array.from(bytes))?.complete;

const FRAME_HEADER = [0xff, 0xc0, 0, 11, 8, 0, 16, 0, 16, 1, 1, 0x11, 0];
const EVERY_BLOCK = [0xff, 0xdd, 0, 4, 0, 1];
const SCAN_HEADER = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0];
const EOI = [0xff, 0xd9];

function jpeg(data: readonly number[], { restarts = false } = {}): number[] {
  return [0xff, 0xd8, ...FRAME_HEADER, ...(restarts ? EVERY_BLOCK : []), ...SCAN_HEADER, ...data];
}

describe('a JPEG stream', () => {
  test.each([
    ['with a stuffed byte', jpeg([1, 0xff, 0, 2, ...EOI]), true],
    ['with junk after its end', jpeg([1, 2, ...EOI, 0, 0xff, 7]), true],
    ['with its restart markers in order', jpeg([1, 0xff, 0xd0, 2, 0xff, 0xd1, 3, ...EOI], { restarts: true }), true],
    ['of two scans with a table between', jpeg([1, 0xff, 0xc4, 0, 3, 9, ...SCAN_HEADER, 2, ...EOI]), true],
    ['without an end', jpeg([1, 2, 3]), false],
    ['that ends within a marker', jpeg([1, 2, 0xff]), false],
    ['with a marker that does not exist', jpeg([1, 0xff, 0x42, 2, ...EOI]), false],
    ['with an end made by damage before the true one', jpeg([1, ...EOI, 2, 3, ...EOI]), false],
    ['with a restart marker that it did not announce', jpeg([1, 0xff, 0xd0, 2, ...EOI]), false],
    ['that lacks a restart marker', jpeg([1, 0xff, 0xd1, 2, ...EOI], { restarts: true }), false],
  ])('%s', (_, bytes, complete) => expect(isComplete(bytes)).toBe(complete));

  test('of JPEG-LS stuffs bits, not bytes', () => {
    const ls = jpeg([1, 0xff, 0x7f, 2, ...EOI]).map((byte, at) => (at === 3 ? 0xf7 : byte));
    expect(readCodestream(Uint8Array.from(ls))).toMatchObject({ family: 'jpeg-ls', complete: true });
    expect(isComplete(ls.map((byte) => (byte === 0x7f ? 0x80 : byte)))).toBe(false);
  });
});

describe('colours of a JPEG stream', () => {
  const JFIF = [0xff, 0xe0, 0, 7, ...Buffer.from('JFIF\0')];
  const adobe = (transform: number) => [0xff, 0xee, 0, 14, ...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, transform];
  /** `components`: name and how often it is sampled along and down. */
  const colour = (marks: readonly number[], components: readonly (readonly [number, number])[], frame = 0xc0) => [
    ...[0xff, 0xd8, ...marks, 0xff, frame, 0, 17, 8, 0, 16, 0, 16, 3],
    ...components.flatMap(([name, sampling]) => [name, sampling, 0]),
    ...[...SCAN_HEADER, 1, ...EOI],
  ];
  const ALIKE = [1, 2, 3].map((name) => [name, 0x11] as const);
  const LETTERS = [...Buffer.from('RGB')].map((name) => [name, 0x11] as const);
  const HALVED = [[1, 0x21] as const, ...ALIKE.slice(1)];
  test.each([
    ['without a mark', colour([], ALIKE), null],
    ['of JFIF', colour(JFIF, ALIKE), 'ybr'],
    ['of JFIF without loss', colour(JFIF, ALIKE, 0xc3), null],
    ['that Adobe transformed', colour(adobe(1), ALIKE), 'ybr'],
    ['that Adobe left as they were', colour(adobe(0), ALIKE), 'rgb'],
    ['with their letters', colour([], LETTERS), 'rgb'],
    ['with fewer samples than luminance', colour([], HALVED), 'ybr'],
  ])('%s', (_, bytes, colours) => expect(readCodestream(Uint8Array.from(bytes))?.colours).toBe(colours));
});

const long = (value: number) => [0, 0, value >> 8, value & 255];
const EOC = [0xff, 0xd9];

/** 16 × 32 pixels in two tiles of 16 × 16. */
const MAIN_HEADER = [
  ...[0xff, 0x4f, 0xff, 0x51, 0, 41, 0, 0],
  ...[16, 32, 0, 0, 16, 16, 0, 0].flatMap(long),
  ...[0, 1, 7, 1, 1],
];

function tilePart(tile: number, data: readonly number[], length = 14 + data.length): number[] {
  return [0xff, 0x90, 0, 10, 0, tile, ...long(length), 0, 1, 0xff, 0x93, ...data];
}

describe('a JPEG 2000 stream', () => {
  const first = tilePart(0, [1, 0xff, 0x8f, 2]);
  test.each([
    ['of all its tiles', [...first, ...tilePart(1, [3]), ...EOC], true],
    ['without an end, its tiles being there', [...first, ...tilePart(1, [3])], true],
    ['whose last tile goes on until the end', [...first, ...tilePart(1, [3], 0), ...EOC], true],
    ['with packet markers', [...first, ...tilePart(1, [0xff, 0x91, 0, 4, 0xff, 0x95, 1, 0xff, 0x92]), ...EOC], true],
    ['that lacks a tile', [...first, ...EOC], false],
    ['with a marker in its data', [...first, ...tilePart(1, [0xff, 0x90, 3]), ...EOC], false],
    ['with a wrong length of a tile', [...tilePart(0, [1, 2], 15), ...tilePart(1, [3]), ...EOC], false],
    ['cut in a tile', [...first, ...tilePart(1, [3], 20)], false],
  ])('%s', (_, tiles, complete) => expect(isComplete([...MAIN_HEADER, ...tiles])).toBe(complete));
});

test.each([
  ['begin below the picture’s first row', 39, 0x20],
  ['do not reach into the picture', 31, 0],
])('a JPEG 2000 stream whose tiles %s is none', (_, at, value) => {
  const bytes = [...MAIN_HEADER, ...tilePart(0, [1]), ...tilePart(1, [2]), ...EOC];
  expect(readCodestream(Uint8Array.from(bytes))).not.toBeNull();
  bytes[at] = value;
  expect(readCodestream(Uint8Array.from(bytes))).toBeNull();
});

test.each([
  ['fewer samples than the picture', 43, 2],
  ['another number of bits', 45, 11],
])('JPEG 2000 of which a component has %s is refused', (_, at, value) => {
  const bytes = [...MAIN_HEADER.slice(0, 40), 0, 2, 7, 1, 1, 7, 1, 1, ...tilePart(0, [1]), ...tilePart(1, [2]), ...EOC];
  expect(readCodestream(Uint8Array.from(bytes))?.components).toBe(2);
  bytes[at] = value;
  expect(() => readCodestream(Uint8Array.from(bytes))).toThrow(
    expect.objectContaining({ code: 'dicom/unsupported-pixels' }) as Error,
  );
});
