/** What pictures in tiles look like is read in readRaster.test.ts; here is what no writer makes. */
import { expect, test } from 'vitest';
import { tilesAsStrips } from '#main/imaging/raster/tilesAsStrips';

const SHORT = 3;
const LONG = 4;

/** A directory of single numbers and nothing else. */
function tiffOf(tags: Readonly<Record<number, number>>): Buffer {
  const entries = Object.entries(tags);
  const file = Buffer.alloc(8 + 2 + 12 * entries.length + 4);
  file.write('II*\0', 'latin1');
  file.writeUInt32LE(8, 4);
  file.writeUInt16LE(entries.length, 8);
  for (const [index, [tag, value]] of entries.entries()) {
    const at = 10 + 12 * index;
    file.writeUInt16LE(Number(tag), at);
    file.writeUInt16LE(value > 65_535 ? LONG : SHORT, at + 2);
    file.writeUInt32LE(1, at + 4);
    file.writeUInt32LE(value, at + 8);
  }
  return file;
}

const ONE_TILE = { 256: 60, 257: 50, 322: 64, 323: 64, 324: 8, 325: 4096 };

test('one tile is a strip of its own size', () => {
  expect(tilesAsStrips(tiffOf(ONE_TILE))).toMatchObject({ tileColumns: 64, tileRows: 64 });
});

test('a picture in strips is left alone', () => {
  expect(tilesAsStrips(tiffOf({ 256: 60, 257: 50, 273: 8, 278: 50, 279: 3000 }))).toBeNull();
});

test.each([
  ['a small picture in a huge tile', { ...ONE_TILE, 322: 65_520, 323: 65_520 }, 'image/too-large'],
  ['fewer tiles than the size asks for', { ...ONE_TILE, 257: 65 }, 'image/malformed'],
])('%s is refused', (_, tags, code) => {
  expect(() => tilesAsStrips(tiffOf(tags))).toThrow(expect.objectContaining({ code }) as Error);
});
