/**
 * A hundred small films of odd kinds, each made by another program than Hilum (fixtures/make/makeOdd.py): the stored
 * pixels that were put into them, and the grey that dcm2pnm shows.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { chooseWindow } from '#main/decoding/process/chooseWindow';
import type { RenderWindow } from '#main/decoding/protocol/protocol';
import { readDicom } from '#main/imaging/dicom/readDicom';
import { displayGrey, displayTable } from '#main/imaging/grey/displayTable';
import { FIXTURE_FOLDER, newCodecs } from '#test/helpers/dicomFixtures';

type OddFilm = { readonly md5: string; readonly file: string; readonly window?: string; readonly grey?: string };

const { films } = JSON.parse(readFileSync(join(FIXTURE_FOLDER, 'odd.json'), 'utf8')) as {
  films: Record<string, OddFilm>;
};

const unzip = (base64: string): Uint8Array => new Uint8Array(gunzipSync(Buffer.from(base64, 'base64')));

const WINDOWS: Readonly<Record<string, RenderWindow>> = {
  '': { kind: 'default' },
  '+Wm': { kind: 'minmax' },
  '+Wl 1': { kind: 'lut' },
  '+Wi 1': { kind: 'preset', number: 1 },
  '+Wi 2': { kind: 'preset', number: 2 },
};

describe('the pixels of', async () => {
  const codecs = await newCodecs();
  test.each(Object.entries(films))('%s', (_, { md5, file, window, grey }) => {
    const film = readDicom(unzip(file), codecs, { ageRangeYears: [18, 120] });
    expect(createHash('md5').update(film.storedBytes).digest('hex')).toBe(md5);
    if (window === undefined || grey === undefined) return;
    const preset = chooseWindow(film.grey, WINDOWS[window] ?? expect.fail(window));
    const table = displayTable(film.grey, preset, film.grey.inverted, 'kept');
    const shown = displayGrey(film.samples, film.grey.sample, table);
    const worst = unzip(grey).reduce((most, value, at) => Math.max(most, Math.abs(value - (shown[at] ?? -1))), 0);
    expect(worst).toBeLessThanOrEqual(1);
  });
});
