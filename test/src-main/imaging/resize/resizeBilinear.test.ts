import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { resizeBilinear } from '#main/imaging/resize/resizeBilinear';

const FIXTURES = join(import.meta.dirname, '../../../fixtures');

type Golden = { films: { film: string; resized?: string; resizedSha256: string }[] };
const golden = JSON.parse(readFileSync(join(FIXTURES, 'golden/golden.json'), 'utf8')) as Golden;

async function readGrey(path: string) {
  const { data, info } = await sharp(path).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  return { grey: new Uint8Array(data), rows: info.height, columns: info.width };
}

/** Cases that fixtures/make/makeResize.py resized with Pillow. */
type Case = { rows: number; columns: number; toRows: number; toColumns: number; sha256: string };
const cases = JSON.parse(readFileSync(join(FIXTURES, 'rasters/resize.json'), 'utf8')) as {
  made: string;
  cases: Case[];
};

/** The same pseudo-random picture as makeResize.py's: the high bytes of a linear congruential generator. */
function noise(length: number): Uint8Array {
  const values = new Uint8Array(length);
  let state = 1;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[index] = state >>> 24;
  }
  return values;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('resizeBilinear', () => {
  it.each([
    'images-256/00000831_001',
    'images-256/00001063_000',
    'images-256/00001582_017',
    'images-1024/00000493_000',
  ])('gives the bytes that Pillow gave the demonstration model for %s', async (name) => {
    const expected = golden.films.find(({ film }) => film === `${name}.png`);
    const { grey, rows, columns } = await readGrey(join(FIXTURES, 'golden/films', `${name}.png`));
    expect(sha256(resizeBilinear(grey, rows, columns, 224, 224))).toBe(expected?.resizedSha256);
  });

  it.each(cases.cases)(
    'equals Pillow from $rows×$columns to $toRows×$toColumns',
    ({ rows, columns, toRows, toColumns, sha256: expected }) => {
      const resized = resizeBilinear(noise(rows * columns), rows, columns, toRows, toColumns);
      expect(sha256(resized)).toBe(expected);
    },
  );

  it('leaves a picture of the right size as it is, in memory of its own', () => {
    const grey = noise(12);
    const same = resizeBilinear(grey, 3, 4, 3, 4);
    expect(same).toEqual(grey);
    expect(same.buffer).not.toBe(grey.buffer);
  });
});
