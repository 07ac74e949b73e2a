/** Sizes and depths that are not written as US of one value. */
import { expect, test } from 'vitest';
import { newCodecs, readFilm } from '#test/helpers/dicomFixtures';
import { makeDicom, type Element } from '#test/helpers/makeDicom';

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
