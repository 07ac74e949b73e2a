import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { displayGrey, displayTable } from '#main/imaging/grey/displayTable';
import { IDENTITY_PRESET } from '#main/imaging/grey/presets';
import { chestLikeness, warnOfUnusualPicture } from '#main/imaging/kind/looksLikeFrontalChest';
import { fixtureBytes, HAS_WHOLE_COLLECTION, readFilm, WHOLE_COLLECTION } from '#test/helpers/dicomFixtures';

const SIDE = 224;

async function pictureOf(name: string): Promise<Uint8Array> {
  const { samples, grey, geometry } = await readFilm(fixtureBytes(name));
  const table = displayTable(grey, grey.presets[0] ?? IDENTITY_PRESET, grey.inverted);
  const raw = { width: geometry.columns, height: geometry.rows, channels: 1 } as const;
  const small = sharp(displayGrey(samples, grey.sample, table), { raw }).resize(SIDE, SIDE, { fit: 'fill' });
  return new Uint8Array(await small.toColourspace('b-w').raw().toBuffer());
}

test.each([
  ['chest/cr_pa_mono1_10bit_fuji_440.dcm', null],
  ['chest/cr_pa_mono2_8bit_siim_jpeg50.dcm', null],
  ['other/cr_hip_mono2_10bit_RG2_jply51.dcm', 'unusual-picture'],
  ['other/dx_dogleg_ybr422_jpeg50_idexx.dcm', 'unusual-picture'],
  ['voi/palette_color.dcm', 'unusual-picture'],
])('%s: %s', async (name, code) => {
  expect(warnOfUnusualPicture(await pictureOf(name), SIDE)?.code ?? null).toBe(code);
});

test('a chest film and its negative are told apart, and a blank picture is like neither', async () => {
  const film = await pictureOf('chest/cr_pa_mono2_8bit_siim_jpeg50.dcm');
  const negative = film.map((grey) => 255 - grey);
  expect(chestLikeness(negative, SIDE)).toBeCloseTo(-chestLikeness(film, SIDE), 6);
  expect(chestLikeness(film, SIDE)).toBeGreaterThan(0.8);
  expect(chestLikeness(new Uint8Array(SIDE * SIDE), SIDE)).toBe(0);
});

const NIH = join(WHOLE_COLLECTION, '../nih-chestxray14/images-256');

test.skipIf(!HAS_WHOLE_COLLECTION)('of the frontal films of NIH at most 2 % are warned of', async () => {
  const files = readdirSync(NIH).filter((_, index) => index % 5 === 0);
  let warned = 0;
  for (const file of files) {
    const grey = await sharp(join(NIH, file)).toColourspace('b-w').raw().toBuffer();
    if (warnOfUnusualPicture(new Uint8Array(grey), 256) !== null) warned += 1;
  }
  expect(warned / files.length).toBeLessThan(0.02);
});
