import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { NIH_FINDINGS } from '#main/contract/findings';
import { NOTICE } from '#main/contract/prediction';
import { largestDifference, readDemoCard } from '#test/helpers/golden';
import { DICOM, FIXTURES, GOLDEN_FILMS, hilum, makeFolder, reportsOf } from './hilum';

type Golden = { films: { film: string; probabilities: Record<string, number> }[] };

const folder = await makeFolder();
const golden = JSON.parse(await readFile(join(FIXTURES, 'golden', 'golden.json'), 'utf8')) as Golden;
const FILMS = ['images-256/00001582_017.png', 'images-1024/00000493_000.png', 'images-256/00000831_001.png'];

describe('hilum analyse', () => {
  it('gives PyTorch’s probabilities, film by film in the order in which they were named', async () => {
    const { code, stdout, stderr } = await hilum(
      folder,
      ...['analyse', '--json', ...FILMS.map((film) => join(GOLDEN_FILMS, film))],
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const reports = reportsOf(stdout);
    expect(reports.map(({ file, status }) => ({ file, status }))).toEqual(
      FILMS.map((film) => ({ file: join(GOLDEN_FILMS, film), status: 'ok' })),
    );
    for (const [index, film] of FILMS.entries()) {
      const expected = golden.films.find((entry) => entry.film === film)?.probabilities ?? {};
      const found = reports[index]?.probabilities ?? {};
      expect(Object.keys(found)).toEqual([...NIH_FINDINGS]);
      expect(largestDifference(Object.values(found), Object.values(expected))).toBeLessThan(1e-5);
    }
  });

  it('names the film, the model, its weights, the backend and the notice', async () => {
    const film = join(DICOM, 'chest', 'cr_pa_mono1_10bit_fuji_440.dcm');
    const card = await readDemoCard();
    const [report] = reportsOf((await hilum(folder, 'analyse', '--json', film)).stdout);
    expect(report).toMatchObject({
      film: { view: 'PA', rows: 440, columns: 440, format: 'dicom', accessionNumber: 'FUJI95714' },
      model: { id: card.id, weightsSha256: card.weights.sha256, calibrated: false },
      backend: expect.stringMatching(/^wasm /) as string,
      fileSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      notice: NOTICE,
    });
    const text = (await hilum(folder, 'analyse', film)).stdout;
    for (const word of [NOTICE, card.weights.sha256, 'uncalibrated', 'Pneumothorax', 'not measured']) {
      expect(text).toContain(word);
    }
  });

  it('says why a film has no numbers, and gives it none', async () => {
    const names = ['other/cr_hip_mono2_10bit_RG2_jply51.dcm', 'sr-pr/no_pixel_data_sr.dcm', 'missing.dcm'];
    const { code, stdout } = await hilum(folder, 'analyse', '--json', ...names.map((name) => join(DICOM, name)));
    const none = { probabilities: null, priority: null, leadingFinding: null, backend: '', milliseconds: null };
    expect(code).toBe(3);
    expect(reportsOf(stdout)).toMatchObject([
      { ...none, status: 'refused', code: 'film/not-chest' },
      { ...none, status: 'failed', code: 'dicom/no-pixels', film: { modality: 'SR', rows: null, format: '' } },
      { ...none, status: 'failed', code: 'file/not-found', film: null },
    ]);
  });

  it('judges a film against its refusal where somebody answers for it, and says so beside the numbers', async () => {
    const hip = join(DICOM, 'other', 'cr_hip_mono2_10bit_RG2_jply51.dcm');
    const override = ['--override', 'film/not-chest', '--reason', ' the header is wrong '];
    const { code, stdout } = await hilum(folder, 'analyse', hip, '--json', ...override);
    expect({ code, reports: reportsOf(stdout) }).toMatchObject({
      code: 0,
      reports: [{ status: 'ok', override: 'film/not-chest: the header is wrong' }],
    });
    const other = await hilum(folder, 'analyse', hip, '--json', '--override', 'film/lateral', '--reason', 'none');
    expect(reportsOf(other.stdout)).toMatchObject([{ status: 'refused', code: 'film/not-chest', override: '' }]);
    for (const args of [
      [hip, hip, ...override],
      [hip, ...override.slice(0, 2)],
      [DICOM, ...override],
    ]) {
      expect(await hilum(folder, 'analyse', ...args)).toMatchObject({ code: 2, stdout: '' });
    }
  });

  it('writes the maps that PyTorch made, and a picture for each finding', async () => {
    const maps = join(folder, 'maps');
    const film = join(GOLDEN_FILMS, 'images-256', '00001063_000.png');
    expect((await hilum(folder, 'analyse', film, '--maps', maps)).code).toBe(0);
    const pictures = NIH_FINDINGS.map((finding) => `00001063_000.${finding}.png`);
    expect((await readdir(maps)).sort()).toEqual([...pictures, '00001063_000.maps.f32'].sort());
    const found = new Float32Array(new Uint8Array(await readFile(join(maps, '00001063_000.maps.f32'))).buffer);
    const wanted = await readFile(join(FIXTURES, 'golden', '00001063_000-256.maps.f32'));
    expect(largestDifference(found, new Float32Array(new Uint8Array(wanted).buffer))).toBeLessThan(1e-4);
    const { format, width } = await sharp(join(maps, pictures[0] ?? '')).metadata();
    expect({ format, wide: (width ?? 0) >= 256 }).toEqual({ format: 'png', wide: true });
  });

  it('leaves no database behind', async () => {
    expect((await readdir(folder)).filter((name) => name.includes('sqlite'))).toEqual([]);
  });
});
