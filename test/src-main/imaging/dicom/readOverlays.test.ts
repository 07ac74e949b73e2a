/** Overlays against what dcmj2pnm 3.6.7 draws (test/fixtures/make/makeOverlays.py). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { FilmPixels } from '#main/imaging/filmPixels';
import { displayGrey, displayTable } from '#main/imaging/grey/displayTable';
import { fullRangeWindow } from '#main/imaging/grey/presets';
import {
  fixtureBytes,
  goldenPicture,
  HAS_WHOLE_COLLECTION,
  readFilm,
  WHOLE_COLLECTION,
} from '#test/helpers/dicomFixtures';

const FILM = 'voi/overlays.dcm';
const ROWS = 120;
const COLUMNS = 110;

const NAMELESS = { label: '', description: '', subtype: 'USER', activationLayer: '' };

function inkOf(film: FilmPixels): Uint8Array {
  return film.overlayPlane() ?? new Uint8Array(film.samples.length);
}

/** Display grey with white where `isInk`. */
function shownWith(
  { samples, grey }: FilmPixels,
  isInk: (index: number) => boolean,
  preset = grey.presets[0]!,
): Uint8Array {
  const shown = displayGrey(samples, grey.sample, displayTable(grey, preset, grey.inverted, 'kept'));
  return shown.map((value, index) => (isInk(index) ? 255 : value));
}

function largestDifference(one: Uint8Array, other: Uint8Array): number {
  return one.reduce((most, value, index) => Math.max(most, Math.abs(value - (other[index] ?? 999))), 0);
}

test('the planes of a header are listed in the order of their groups', async () => {
  expect((await readFilm(fixtureBytes(FILM))).facts.overlays).toEqual([
    { ...NAMELESS, group: '6000', kind: 'graphics', description: 'Embedded frame' },
    { ...NAMELESS, group: '6002', kind: 'graphics', label: 'Inset' },
    { ...NAMELESS, group: '6004', kind: 'graphics' },
    { ...NAMELESS, group: '6006', kind: 'region', label: 'Disc' },
    { ...NAMELESS, group: '6008', kind: 'graphics' },
    { ...NAMELESS, group: '600A', kind: 'graphics' },
    { ...NAMELESS, group: '601E', kind: 'graphics' },
  ]);
});

test.each([
  [1, 'a bit inside the pixels'],
  [2, 'data of their own, smaller than the film'],
  [3, 'an origin above and left of the film'],
  [5, 'the first of three frames'],
  [6, 'a frame that is not the film’s'],
  [7, 'another bit inside the pixels'],
])('overlay %d, from %s, lies where dcmj2pnm draws it', async (number) => {
  const film = await readFilm(fixtureBytes(FILM));
  const ink = inkOf(film);
  const shown = shownWith(film, (index) => ((ink[index] ?? 0) >> (number - 1)) % 2 === 1);
  expect(largestDifference(shown, goldenPicture(`overlays.${number}`, ROWS * COLUMNS))).toBeLessThanOrEqual(1);
});

test('a region is drawn as the outline of what dcmj2pnm fills', async () => {
  const film = await readFilm(fixtureBytes(FILM));
  const ink = inkOf(film);
  const plain = shownWith(film, () => false);
  const golden = goldenPicture('overlays.4', ROWS * COLUMNS);
  // Inside the disc of the file the film is never white by itself.
  const isFilled = (index: number): boolean => golden[index] === 255 && (plain[index] ?? 0) < 254;
  let outside = 0;
  let missing = 0;
  for (let index = 0; index < golden.length; index++) {
    const neighbours = [index - 1, index + 1, index - COLUMNS, index + COLUMNS];
    const isEdge = golden[index] === 255 && neighbours.some((at) => !isFilled(at) && (plain[at] ?? 0) < 254);
    const isDrawn = ((ink[index] ?? 0) & 8) !== 0;
    if (isDrawn && golden[index] !== 255) outside += 1;
    if (isFilled(index) && isEdge && !isDrawn) missing += 1;
  }
  const drawn = ink.filter((bits) => (bits & 8) !== 0).length;
  expect({ outside, missing, isHollow: drawn > 60 && drawn < 150 }).toEqual({ outside: 0, missing: 0, isHollow: true });
});

test('a big-endian file has the same overlays', async () => {
  const [little, big] = [await readFilm(fixtureBytes(FILM)), await readFilm(fixtureBytes('voi/overlays_be.dcm'))];
  expect(big.facts.overlays).toEqual(little.facts.overlays);
  expect(big.overlayPlane()).toEqual(little.overlayPlane());
});

test('no overlay is a part of the samples', async () => {
  const { samples } = await readFilm(fixtureBytes(FILM));
  // As makeOverlays.py wrote them before it set bits 14 and 15.
  const written = Uint16Array.from(
    { length: ROWS * COLUMNS },
    (_, index) => (2 * (7 * Math.floor(index / COLUMNS) + 5 * (index % COLUMNS))) % 4096,
  );
  expect(samples).toEqual(written);
});

test('overlay data that are cut off draw as far as they go', async () => {
  const bytes = fixtureBytes(FILM);
  const at = Buffer.from(bytes).indexOf(Buffer.from([0x04, 0x60, 0x00, 0x30]));
  // 300 bytes of 1,050; a private element takes the rest.
  const cut = new Uint8Array(bytes);
  new DataView(cut.buffer).setUint32(at + 8, 300, true);
  cut.set([0x05, 0x60, 0x01, 0x30, 0x4f, 0x57, 0, 0, 0xe2, 0x02, 0, 0], at + 12 + 300);
  const [whole, part] = [inkOf(await readFilm(bytes)), inkOf(await readFilm(cut))];
  const count = (ink: Uint8Array): number => ink.filter((bits) => (bits & 4) !== 0).length;
  expect(count(part)).toBeGreaterThan(20);
  expect(count(part)).toBeLessThan(count(whole));
  expect(part.map((bits) => bits & ~4)).toEqual(whole.map((bits) => bits & ~4));
});

test.skipIf(!HAS_WHOLE_COLLECTION).each(['overlay_embedded_12bit', 'overlay_ovly_p01'])(
  '%s looks as dcmj2pnm shows it with all its overlays',
  async (name) => {
    const film = await readFilm(new Uint8Array(readFileSync(join(WHOLE_COLLECTION, 'voi', `${name}.dcm`))));
    const ink = inkOf(film);
    const preset = film.grey.presets.find(({ origin }) => origin === 'file') ?? fullRangeWindow(film.grey);
    const shown = shownWith(film, (index) => ink[index] !== 0, preset);
    expect(largestDifference(shown, goldenPicture(name, film.samples.length))).toBeLessThanOrEqual(1);
    expect(ink.some((bits) => bits !== 0)).toBe(true);
  },
);
