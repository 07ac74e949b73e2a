/** With the real decode and engine processes, on films cut out of the sample films. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { forkChild } from '#main/channel/forkChild';
import { readSafetensors, writeSafetensors } from '#main/chexnet/formats/safetensors';
import { activateModel } from '#main/workflows/activateModel';
import { commissionModel } from '#main/workflows/commissionModel';
import { importModel } from '#main/workflows/importModel';
import { openWorkbench, type Workbench } from '#main/workflows/openWorkbench';
import { buildProcess } from '#test/helpers/buildProcess';
import { DEMO_WEIGHTS } from '#test/helpers/golden';

const resources = join(import.meta.dirname, '../../../resources');
const FILMS = 52;

let home: string;
let bench: Workbench;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'hilum-commission-'));
  const files = { engine: await buildProcess('engine'), decode: await buildProcess('decode') };
  const env = { ...process.env, HILUM_RESOURCES: resources };
  const start = (name: string) => forkChild(name === 'engine' ? files.engine : files.decode, env);
  bench = openWorkbench({ home, resources, start, backend: 'wasm' });
  await makeFilms(join(home, 'films'));
}, 120_000);

afterAll(async () => {
  await bench.close();
  await rm(home, { recursive: true, force: true });
});

/** Different parts of the samples: no two films are alike, and all look like chests. */
async function makeFilms(folder: string): Promise<void> {
  await mkdir(folder);
  const samples = (await readdir(join(resources, 'samples'))).filter((name) => name.endsWith('.png')).sort();
  for (let film = 0; film < FILMS; film++) {
    const sample = sharp(join(resources, 'samples', samples[film % samples.length]!)).greyscale();
    const cut = 4 * Math.floor(film / samples.length);
    await sample
      .resize(256, 256)
      .extract({ left: cut, top: cut, width: 256 - 2 * cut, height: 256 - 2 * cut })
      .toFile(join(folder, `${String(film).padStart(2, '0')}.png`));
  }
}

/** The demonstration model with its outputs of Mass and Nodule exchanged: other flags, by the same films. */
async function importExchanged(): Promise<void> {
  const { weights } = readSafetensors(await readFile(DEMO_WEIGHTS));
  const matrix = weights.get('classifier.weight')!.data;
  const [mass, nodule] = [matrix.slice(4 * 1024, 5 * 1024), matrix.slice(5 * 1024, 6 * 1024)];
  matrix.set(nodule, 4 * 1024);
  matrix.set(mass, 5 * 1024);
  const file = join(home, 'exchanged.safetensors');
  await writeFile(file, writeSafetensors(weights));
  await importModel(bench.models, { file, id: 'exchanged', preset: 'chexnet' });
}

it('a model is tested beside the one that reads, and reads with the cut-offs of that test', async () => {
  await importExchanged();
  const labels = join(home, 'labels.csv');
  const rows = Array.from({ length: FILMS }, (_, film) => {
    return `${String(film).padStart(2, '0')}.png,p${film % 40},${film % 3 === 0 ? 1 : 0},0`;
  });
  await writeFile(labels, `file,patient_id,Effusion,Mass\n${rows.join('\n')}\n`);
  const request = { modelId: 'exchanged', images: [join(home, 'films')], labels, budget: 0.2, data: 'cuttings' };
  const acceptance = await commissionModel(bench, request);

  const { films, patients, normals, comparedWith, findings, flaggedShare } = acceptance;
  const normalCount = rows.filter((row) => row.endsWith(',0,0')).length;
  expect({ films, patients, normals, with: comparedWith?.id }).toEqual({
    ...{ films: FILMS, patients: 40, normals: normalCount, with: 'demo' },
  });
  expect(flaggedShare).toBeLessThanOrEqual(0.2);
  // The outputs of Effusion are the same in both.
  expect(findings['Effusion']).toMatchObject({ n: FILMS, positives: 18, difference: 0, p: 1 });
  expect(findings['Effusion']!.otherAuroc).toBe(findings['Effusion']!.auroc);
  expect(findings['Mass']).toMatchObject({ positives: 0, auroc: null });
  expect(acceptance.changed.length).toBeGreaterThan(0);

  await activateModel(bench, 'exchanged', { by: 'Dr Lang', reason: 'a test' });
  const { card, cutoffs } = await bench.reader();
  expect(card.cutoffs?.chosenOn).toMatchObject({ data: 'cuttings', films: FILMS });
  const [effusion, mass] = [cutoffs[2], cutoffs[4]];
  expect(effusion).toEqual({ finding: 'Effusion', cutoff: findings['Effusion']!.cutoff, measured: true });
  expect(mass).toEqual({ finding: 'Mass', cutoff: findings['Mass']!.cutoff, measured: false });
}, 240_000);

it('too few films are no test', async () => {
  const images = [join(resources, 'samples')];
  const request = { modelId: 'demo', images, labels: null, budget: 0.15, data: 'samples' };
  await expect(commissionModel(bench, request)).rejects.toMatchObject({ code: 'usage/invalid' });
  expect(await bench.models.acceptance('demo')).toBeNull();
}, 120_000);
