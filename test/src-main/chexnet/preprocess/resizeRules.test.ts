import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RESIZE_RULES, type ResizeRule } from '#main/contract/card';
import type { Picture } from '#main/chexnet/preprocess/crops';
import { RESIZE_FILM } from '#main/chexnet/preprocess/resizeRules';

/** What fixtures/make/makeResizeRules.py had each tool of origin do. */
type View = { readonly sha256: string } | { readonly values: readonly number[] };
type Case = { readonly rows: number; readonly columns: number; readonly views: readonly View[] };
const fixture = readFileSync(join(import.meta.dirname, '../../../fixtures/rasters/resizeRules.json'), 'utf8');
const expected = JSON.parse(fixture) as Readonly<Record<string, { made: string; cases: readonly Case[] }>>;

const SIDE = 224;
const STEP = 307;

/** The same picture as the script's. */
function picture(rows: number, columns: number): Picture {
  const grey = new Uint8Array(rows * columns);
  let state = 1;
  for (let index = 0; index < grey.length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const value = state >>> 24;
    grey[index] = index % columns < Math.floor(columns / 2) ? value >> 1 : value;
  }
  return { grey, rows, columns };
}

const cases = Object.entries(expected).flatMap(([rule, { made, cases: all }]) =>
  all.map((each) => ({ ...each, rule: rule as ResizeRule, made })),
);

describe('a film for the network, by the card', () => {
  it.each(cases)('$rule of $rows × $columns is what $made makes', ({ rule, rows, columns, views }) => {
    const film = RESIZE_FILM[rule](picture(rows, columns), SIDE);
    expect(film).toHaveLength(views.length);
    views.forEach((view, index) => {
      const { pixels } = film[index]!;
      if ('sha256' in view) {
        expect(createHash('sha256').update(pixels).digest('hex')).toBe(view.sha256);
        return;
      }
      const sampled = pixels.filter((_, at) => at % STEP === 0);
      const worst = view.values.reduce((most, value, at) => Math.max(most, Math.abs(value - sampled[at]!)), 0);
      // Of 255 greys: float32 in another order of sums, and five printed decimals.
      expect({ count: sampled.length, isClose: worst < 1e-3 }).toEqual({ count: view.values.length, isClose: true });
    });
  });

  it('has numbers of another tool for every rule but the first, which has its own test', () => {
    expect(Object.keys(expected).toSorted()).toEqual(
      RESIZE_RULES.filter((rule) => rule !== 'pillow-bilinear').toSorted(),
    );
  });

  it('says what of the film a crop shows', () => {
    const film = picture(448, 896);
    const [square] = RESIZE_FILM['skimage-centre-square'](film, SIDE);
    expect(square).toMatchObject({ area: { left: 0.25, top: 0, width: 0.5, height: 1 }, mirrored: false });
    const ten = RESIZE_FILM['torchvision-256-ten-crops'](film, SIDE);
    const upperLeft = { left: 0, top: 0, width: 224 / 512, height: 224 / 256 };
    expect(ten[0]).toMatchObject({ area: upperLeft, mirrored: false });
    // The upper right of the mirrored film is the upper left of the film.
    expect(ten[6]).toMatchObject({ area: upperLeft, mirrored: true });
  });
});
