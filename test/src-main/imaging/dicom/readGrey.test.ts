/** What a header says of grey values, in films that are written for it. */
import { expect, test } from 'vitest';
import { newCodecs, readFilm } from '#test/helpers/dicomFixtures';
import { makeDicom, type Element } from '#test/helpers/makeDicom';

await newCodecs();

async function filmWith(...elements: Element[]) {
  return readFilm(new Uint8Array(makeDicom('1.2.840.10008.1.2.1', elements)));
}

const photometric = (value: string): Element => [0x0028, 0x0004, 'CS', value];
const shape = (value: string): Element => [0x2050, 0x0020, 'CS', value];

// PS3.3 C.8.11.3: INVERSE goes with MONOCHROME1, IDENTITY with MONOCHROME2.
test.each([
  ['MONOCHROME1', 'INVERSE', true, false],
  ['MONOCHROME1', '', true, false],
  ['MONOCHROME2', 'IDENTITY', false, false],
  ['MONOCHROME2', 'INVERSE', false, true],
] as const)(
  '%s with PresentationLUTShape "%s" is inverted once: %s',
  async (interpretation, lut, inverted, isDoubtful) => {
    const film = await filmWith(photometric(interpretation), ...(lut === '' ? [] : [shape(lut)]));
    const isSaid = film.warnings.some(({ code, message }) => code === 'header-repaired' && message.includes('INVERSE'));
    expect({ inverted: film.grey.inverted, isSaid }).toEqual({ inverted, isSaid: isDoubtful });
  },
);

test('PixelIntensityRelationship changes no grey value', async () => {
  const plain = await filmWith();
  const related = await filmWith([0x0028, 0x1040, 'CS', 'LOG'], [0x0028, 0x1041, 'SS', 0xffff]);
  expect({ grey: related.grey, samples: related.samples }).toEqual({ grey: plain.grey, samples: plain.samples });
});

test.each([
  ['YES', true],
  ['NO', false],
  ['', false],
] as const)('BurnedInAnnotation "%s" is a warning: %s', async (value, isSaid) => {
  const film = await filmWith(...(value === '' ? [] : [[0x0028, 0x0301, 'CS', value] as const]));
  expect(film.warnings.some(({ code }) => code === 'burned-in-text')).toBe(isSaid);
});

test('windows are as many as have both a centre and a width, the first one by default', async () => {
  const { grey } = await filmWith([0x0028, 0x1050, 'DS', '2048\\1000\\500'], [0x0028, 0x1051, 'DS', '4096\\0\\200']);
  expect(grey.presets.map((preset) => (preset.kind === 'window' ? [preset.center, preset.width] : null))).toEqual([
    [2048, 4096],
    [500, 200],
  ]);
});

test.each([
  ['an empty centre', '\\1000', '4096\\300', [[1000, 300]]],
  ['a word for a width', '2048\\1000', 'NaN\\300', [[1000, 300]]],
  [
    'blanks, commas and exponents',
    ' 2048,5 \\+1e3',
    ' 4096\\3.0E2 ',
    [
      [2048.5, 4096],
      [1000, 300],
    ],
  ],
] as const)('a window with %s keeps its place among the others', async (_, centers, widths, expected) => {
  const { grey } = await filmWith([0x0028, 0x1050, 'DS', centers], [0x0028, 0x1051, 'DS', widths]);
  expect(grey.presets.map((preset) => (preset.kind === 'window' ? [preset.center, preset.width] : null))).toEqual(
    expected,
  );
});

test('numbers that are written in binary are read as they are written', async () => {
  const double = Buffer.alloc(8);
  double.writeDoubleLE(0.5);
  const { grey } = await filmWith([0x0028, 0x1052, 'SS', 0xfc00], [0x0028, 0x1053, 'FD', double]);
  expect(grey.rescale).toEqual({ slope: 0.5, intercept: -1024 });
});

test('a slope of 0 is ignored, and said', async () => {
  const film = await filmWith([0x0028, 0x1052, 'DS', '-1024'], [0x0028, 0x1053, 'DS', '0']);
  expect(film.grey.rescale).toEqual({ slope: 1, intercept: 0 });
  expect(film.warnings.map(({ code }) => code)).toContain('header-repaired');
});

const words = (...values: number[]): Buffer => Buffer.from(Uint16Array.from(values, (value) => value & 0xffff).buffer);

/** `elements` of an item in a sequence, explicit and little-endian. */
function itemOf(...elements: (readonly [element: number, vr: string, value: Buffer])[]): Buffer {
  const content = elements.map(([element, vr, value]) => {
    const head = Buffer.alloc(8);
    head.writeUInt16LE(0x0028, 0);
    head.writeUInt16LE(element, 2);
    head.write(vr, 4, 'latin1');
    head.writeUInt16LE(value.length, 6);
    return Buffer.concat([head, value]);
  });
  const head = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
  head.writeUInt32LE(Buffer.concat(content).length, 4);
  return Buffer.concat([head, ...content]);
}

// PS3.3 C.11.2.1.1: signed where the modality transformation can give negative values, which a bright film need not have.
test('a VOI LUT behind a negative intercept begins below zero, though no pixel lies there', async () => {
  const pixels = words(...Array.from({ length: 128 * 128 }, (_, at) => 2000 + (at % 1000)));
  const table = itemOf([0x3002, 'US', words(4, -1024, 16)], [0x3006, 'US', words(0, 1, 2, 3)]);
  const header: Element[] = [
    [0x0028, 0x1052, 'DS', '-1024'],
    [0x0028, 0x1053, 'DS', '1'],
    [0x0028, 0x3010, 'SQ', table],
  ];
  const picture = { rows: 128, columns: 128, bitsAllocated: 16, bitsStored: 12, pixels } as const;
  const { grey } = await readFilm(new Uint8Array(makeDicom('1.2.840.10008.1.2.1', header, picture)));
  const firsts = grey.presets.flatMap((preset) => (preset.kind === 'lut' ? [preset.table.firstMapped] : []));
  expect(firsts).toEqual([-1024]);
});

// The output of a table is never negative, whatever goes into it.
test('a VOI LUT behind a Modality LUT begins above zero, though the pixels are signed', async () => {
  const modality = itemOf([0x3002, 'US', words(2, 0, 16)], [0x3006, 'US', words(0, 60000)]);
  const voi = itemOf([0x3002, 'US', words(4, 50000, 16)], [0x3006, 'US', words(0, 1, 2, 3)]);
  const { grey } = await filmWith(
    ...([
      [0x0028, 0x0103, 'US', 1],
      [0x0028, 0x3000, 'SQ', modality],
      [0x0028, 0x3010, 'SQ', voi],
    ] as const),
  );
  const firsts = grey.presets.flatMap((preset) => (preset.kind === 'lut' ? [preset.table.firstMapped] : []));
  expect(firsts).toEqual([50000]);
});

/** A film of 12 bits with junk above them and a palette of three entries. */
async function filmWithPalette(red: Buffer, green: Buffer, blue: Buffer) {
  const pixels = words(...Array.from({ length: 128 * 128 }, (_, at) => (at % 3) | 0x3000));
  const descriptor = words(3, 0, 16);
  const header: Element[] = [
    photometric('PALETTE COLOR'),
    [0x0028, 0x1101, 'US', descriptor],
    [0x0028, 0x1102, 'US', descriptor],
    [0x0028, 0x1103, 'US', descriptor],
    [0x0028, 0x1201, 'OW', red],
    [0x0028, 0x1202, 'OW', green],
    [0x0028, 0x1203, 'OW', blue],
  ];
  const picture = { rows: 128, columns: 128, bitsAllocated: 16, bitsStored: 12, pixels } as const;
  return readFilm(new Uint8Array(makeDicom('1.2.840.10008.1.2.1', header, picture)));
}

test('bits above HighBit are no part of an index into a palette', async () => {
  const ramp = words(0, 0x8000, 0xffff);
  const { samples } = await filmWithPalette(ramp, ramp, ramp);
  expect([...samples.subarray(0, 3)]).toEqual([0, 128, 255]);
});

test('a colour that is dark throughout a palette of 16 bits stays dark', async () => {
  const dark = words(0, 100, 255);
  const { samples } = await filmWithPalette(words(0, 0, 0xffff), dark, dark);
  // Red alone: 255 * 0.299.
  expect([...samples.subarray(0, 3)]).toEqual([0, 0, 76]);
});

test.each([
  ['1.2.840.10008.1.2.1', (words: Buffer) => words],
  ['1.2.840.10008.1.2.2', (words: Buffer) => words.swap16()],
] as const)('entries of 8 bits lie two by two in words, in the byte order of %s', async (syntax, order) => {
  const grey = (element: number, vr: string, value: () => Buffer): Element[] =>
    [0, 1, 2].map((colour) => [0x0028, element + colour, vr, order(value())]);
  const header: Element[] = [
    photometric('PALETTE COLOR'),
    ...grey(0x1101, 'US', () => words(4, 0, 8)),
    ...grey(0x1201, 'OW', () => Buffer.from([0, 100, 200, 255])),
  ];
  const pixels = Uint8Array.from({ length: 128 * 128 }, (_, at) => at % 4);
  const picture = { rows: 128, columns: 128, bitsAllocated: 8, bitsStored: 8, pixels } as const;
  const { samples } = await readFilm(new Uint8Array(makeDicom(syntax, header, picture)));
  expect([...samples.subarray(0, 4)]).toEqual([0, 100, 200, 255]);
});
