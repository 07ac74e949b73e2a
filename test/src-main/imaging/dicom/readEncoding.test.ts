/** Sizes and depths that are not written as US of one value. */
import { expect, test } from 'vitest';
import { newCodecs, readFilm } from '#test/helpers/dicomFixtures';
import { makeDicom, type Element, type MadePicture } from '#test/helpers/makeDicom';

await newCodecs();

const ROWS = 104;
const rows = (vr: string, value: string | number | Buffer): Element => [0x0028, 0x0010, vr, value];
const long = Buffer.from(new Uint32Array([ROWS]).buffer);
const two = Buffer.from(new Uint16Array([ROWS, 7]).buffer);

test.each([
  ['UL', rows('UL', long)],
  ['digits', rows('IS', '104 ')],
  ['a decimal', rows('DS', '104.0 ')],
  ['two values, of which the first counts', rows('US', two)],
  ['UN', rows('UN', Buffer.from(new Uint16Array([ROWS]).buffer))],
] as const satisfies readonly (readonly [string, Element])[])('Rows may be written as %s', async (_, element) => {
  const film = await readFilm(new Uint8Array(makeDicom('1.2.840.10008.1.2.1', [element])));
  expect(film.geometry.rows).toBe(ROWS);
  expect(film.samples.length).toBe(ROWS * film.geometry.columns);
});

test.each([
  ['no number', rows('IS', 'many')],
  ['a negative number', rows('IS', '-4')],
] as const satisfies readonly (readonly [string, Element])[])('Rows that are %s are missing', async (_, element) => {
  const bytes = new Uint8Array(makeDicom('1.2.840.10008.1.2.1', [element]));
  await expect(readFilm(bytes)).rejects.toMatchObject({ code: 'dicom/missing-attribute' });
});

test.each([
  ['PALETTE COLOR', 3, 'RGB'],
  ['MONOCHROME1', 3, 'RGB'],
  ['RGB', 1, 'MONOCHROME2'],
  ['MONO1', 1, 'MONOCHROME2'],
])(
  'PhotometricInterpretation %s of %i samples a pixel is taken for %s, and said',
  async (written, samples, assumed) => {
    const pixels = Uint8Array.from({ length: ROWS * ROWS * samples }, (_, at) => Math.floor(at / samples) % 256);
    const picture: MadePicture = { rows: ROWS, columns: ROWS, bitsAllocated: 8, bitsStored: 8, pixels };
    const elements: Element[] = [
      [0x0028, 0x0002, 'US', samples],
      [0x0028, 0x0004, 'CS', written],
      [0x0028, 0x0006, 'US', 0],
    ];
    const film = await readFilm(new Uint8Array(makeDicom('1.2.840.10008.1.2.1', elements, picture)));
    expect(film.encoding.photometricInterpretation).toBe(assumed);
    expect([...film.samples.subarray(0, 3)]).toEqual([0, 1, 2]);
    expect(film.warnings.map(({ code }) => code)).toContain('header-repaired');
  },
);
