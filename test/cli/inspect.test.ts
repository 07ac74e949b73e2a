import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { makeZip } from '#test/helpers/makeZip';
import { DICOM, hilum, makeFolder } from './hilum';

const folder = await makeFolder();
const TWO_WINDOWS = join(DICOM, 'ts-chest', 'voi_two_windows_u12.dcm');

async function inspectJson(...args: string[]): Promise<{ code: number | null; report: Record<string, unknown> }> {
  const { code, stdout } = await hilum(folder, 'inspect', '--json', ...args);
  return { code, report: JSON.parse(stdout) as Record<string, unknown> };
}

/** Grey of a golden picture, without the header of the PGM. */
async function goldenGrey(name: string): Promise<Buffer> {
  return gunzipSync(await readFile(join(DICOM, 'render', `${name}.pgm.gz`))).subarray(-440 * 440);
}

describe('hilum inspect', () => {
  it('tells how a film is stored and what it says, in one JSON object', async () => {
    const file = join(DICOM, 'ts-chest', 'fuji_4.70.dcm');
    const { code, report } = await inspectJson(file);
    expect(code).toBe(0);
    expect(report).toMatchObject({
      ...{ file, status: 'ok', code: '', reason: '', format: 'dicom', transferSyntax: '1.2.840.10008.1.2.4.70' },
      ...{ rows: 440, columns: 440, frames: 1, bitsAllocated: 16, bitsStored: 10, highBit: 9, pixelRepresentation: 0 },
      ...{ photometricInterpretation: 'MONOCHROME1', view: 'PA', pixelsMd5: '1f772b4849727a9750931b60d920436f' },
      ...{ warnings: [{ code: 'age-unknown' }], facts: { bodyPart: 'CHEST', modality: 'CR' } },
    });
  });

  it('has the same members where the file could not be read', async () => {
    const good = await inspectJson(TWO_WINDOWS);
    const bad = await inspectJson(join(DICOM, 'malformed', 'only_132_bytes.dcm'));
    expect(Object.keys(bad.report)).toEqual(Object.keys(good.report));
    expect(bad).toMatchObject({ code: 3, report: { status: 'failed', code: 'dicom/truncated', rows: null } });
  });

  it('reads an entry of an archive by the name that triage gives it', async () => {
    const zip = join(folder, 'a.zip');
    await writeFile(zip, makeZip([{ name: 'films/one', bytes: await readFile(TWO_WINDOWS) }]));
    expect(await inspectJson(`${zip}/films/one`)).toMatchObject({ code: 0, report: { rows: 440, status: 'ok' } });
  });

  it.each([
    ['1', 'voi_two_windows_u12'],
    ['2', 'voi_two_windows_u12.w2'],
  ])('renders window %s as the reference does', async (window, golden) => {
    const to = join(folder, `${window}.png`);
    expect((await hilum(folder, 'inspect', TWO_WINDOWS, '--render', to, '--window', window)).code).toBe(0);
    const found = await sharp(to).toColourspace('b-w').raw().toBuffer();
    const expected = await goldenGrey(golden);
    const largest = found.reduce((most, grey, index) => Math.max(most, Math.abs(grey - (expected[index] ?? -1))), 0);
    expect(largest).toBeLessThanOrEqual(1);
    expect((await sharp(to).metadata()).exif?.toString('latin1')).toContain('Not for diagnosis');
  });

  it('draws overlays where they are asked for, and lists them', async () => {
    const film = join(DICOM, 'voi', 'overlays.dcm');
    const [plain, drawn] = [join(folder, 'plain.png'), join(folder, 'drawn.png')];
    const { report } = await inspectJson(film, '--render', plain);
    await inspectJson(film, '--render', drawn, '--overlays');
    const [without, withAll] = await Promise.all([plain, drawn].map((file) => sharp(file).raw().toBuffer()));
    const changed = withAll!.filter((grey, index) => grey !== without![index]);
    expect({ report, isWhite: changed.every((grey) => grey === 255) }).toMatchObject({
      report: { facts: { overlays: [{ group: '6000' }, { label: 'Inset' }, {}, { kind: 'region' }, {}, {}, {}] } },
      isWhite: true,
    });
    expect(changed.length).toBeGreaterThan(400);
    const alone = await hilum(folder, 'inspect', film, '--overlays');
    expect([alone.code, alone.stderr.includes('--render')]).toEqual([2, true]);
  });

  it('writes the stored values as they are', async () => {
    const to = join(folder, 'stored.pgm');
    const { report } = await inspectJson(join(DICOM, 'ts-chest', 'bits_u08.dcm'), '--pixels', to);
    const pgm = await readFile(to);
    expect(pgm.subarray(0, 2).toString()).toBe('P5');
    expect(
      createHash('md5')
        .update(pgm.subarray(-440 * 440))
        .digest('hex'),
    ).toBe(report['pixelsMd5']);
  });

  it('says what is wrong with a --window', async () => {
    const without = await hilum(folder, 'inspect', TWO_WINDOWS, '--window', '1');
    const strange = await hilum(folder, 'inspect', TWO_WINDOWS, '--render', 'x.png', '--window', '1,0');
    expect([without.code, strange.code]).toEqual([2, 2]);
    expect(strange.stderr).toContain('CENTER,WIDTH');
  });
});
