/** With the real engine process. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors } from '#main/chexnet/formats/safetensors';
import type { ModelCard } from '#main/contract/card';
import { NOTICE } from '#main/contract/prediction';
import { forkChild } from '#main/channel/forkChild';
import { activateModel, rollBackModel, type Signature } from '#main/workflows/activateModel';
import { exportModel } from '#main/workflows/exportModel';
import { importModel } from '#main/workflows/importModel';
import { openWorkbench, type Workbench } from '#main/workflows/openWorkbench';
import { buildProcess } from '#test/helpers/buildProcess';
import { DEMO_WEIGHTS } from '#test/helpers/golden';

const resources = join(import.meta.dirname, '../../../resources');

let home: string;
let bench: Workbench;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'hilum-activate-'));
  const engineFile = await buildProcess('engine');
  const env = { ...process.env, HILUM_RESOURCES: resources };
  bench = openWorkbench({ home, resources, start: () => forkChild(engineFile, env), backend: 'wasm' });
}, 120_000);

afterAll(async () => {
  await bench.close();
  await rm(home, { recursive: true, force: true });
});

/** Weights that are finite, and whose sums are not. */
async function writeOverflowing(): Promise<string> {
  const { weights } = readSafetensors(await readFile(DEMO_WEIGHTS));
  weights.get('classifier.weight')!.data.fill(3e38);
  weights.get('classifier.weight')!.data.fill(-3e38, 0, 512);
  weights.get('features.norm5.bias')!.data.fill(10);
  const file = join(home, 'overflowing.safetensors');
  await writeFile(file, writeSafetensors(weights));
  return file;
}

const SIGNATURE = { by: 'Dr Lang', reason: 'tested' };

const OF_VIEW = {
  ...{ films: 60, patients: 50, normals: 40, positives: { Effusion: 12 } },
  ...{ flaggedByCommon: 0.2, flaggedShare: 0.15 },
};

/** As if `commissionModel` had found one finding and its cut-offs on a hundred films. */
async function accept(id: string, signature: Signature | null = SIGNATURE): Promise<ModelCard> {
  const { version, weights } = await bench.models.get(id);
  const figures = { n: 100, positives: 20, auroc: 0.8, aurocLow: 0.7, aurocHigh: 0.9, cutoff: 0.25 };
  const beside = { otherAuroc: null, difference: null, differenceLow: null, differenceHigh: null, p: null };
  await bench.models.noteAcceptance({
    ...{ schema: 1, notice: NOTICE, backend: 'wasm', preprocessing: '', measuredAt: '2026-01-02T03:04:05Z' },
    model: { id, version, weightsSha256: weights.sha256 },
    ...{
      comparedWith: null,
      data: 'spring',
      films: 100,
      patients: 90,
      filmsWithoutPatient: 0,
      normals: 60,
      budget: 0.15,
      flaggedShare: 0.15,
    },
    ...{ rule: 'alarm budget 15 %', findings: { Effusion: { ...figures, ...beside } }, changed: [], warnings: [] },
    views: [
      { ...OF_VIEW, view: 'AP', cutoffs: { Effusion: 0.4 }, reason: null },
      { ...OF_VIEW, view: 'PA', cutoffs: {}, reason: 'too few' },
    ],
    ...{ galleries: {}, signed: null },
  });
  return activateModel(bench, id, signature);
}

it('a model reads only when it was tested here and somebody has signed, and then with the cut-offs of the test', async () => {
  await importModel(bench.models, { file: DEMO_WEIGHTS, id: 'new', preset: 'chexnet' });
  await expect(activateModel(bench, 'new', SIGNATURE)).rejects.toMatchObject({ code: 'model/not-accepted' });
  await expect(accept('new', null)).rejects.toMatchObject({ code: 'model/not-accepted' });
  expect((await bench.models.active()).id).toBe('demo');
  await accept('new');
  const { id, cutoffs, acceptance } = await bench.models.active();
  expect({ id, cutoffs, acceptance }).toEqual({
    id: 'new',
    cutoffs: {
      rule: 'alarm budget 15 %',
      values: { Effusion: 0.25 },
      chosenOn: { data: 'spring', films: 100, patients: 90, positives: { Effusion: 20 } },
      byView: {
        AP: {
          values: { Effusion: 0.4 },
          chosenOn: { data: 'spring', films: 60, patients: 50, positives: { Effusion: 12 } },
        },
      },
    },
    acceptance: { ...SIGNATURE, at: expect.any(String) as string, films: 100 },
  });
  expect((await activateModel(bench, 'new', null)).id).toBe('new');

  // A file for others carries them, and so does a model that is made of it.
  const file = join(home, 'new.onnx');
  await exportModel(bench.models, { id: 'new', format: 'onnx', out: file });
  expect((await importModel(bench.models, { file, id: 'taken-over' })).cutoffs).toEqual(cutoffs);
  expect((await rollBackModel(bench)).id).toBe('demo');
}, 120_000);

it('only a model that passes its self-test is activated, and a damaged one is not gone back to', async () => {
  for (const id of ['one', 'two']) await importModel(bench.models, { file: DEMO_WEIGHTS, id, preset: 'chexnet' });
  for (const id of ['one', 'two']) await accept(id);
  await importModel(bench.models, { file: await writeOverflowing(), id: 'bad', preset: 'chexnet' });
  await expect(accept('bad')).rejects.toMatchObject({ code: 'model/invalid', details: { model: 'bad' } });
  await expect(activateModel(bench, 'none', null)).rejects.toMatchObject({ code: 'model/not-found' });
  expect((await bench.models.active()).id).toBe('two');

  const weights = bench.models.weightsPath('one');
  const whole = await readFile(weights);
  await writeFile(weights, whole.subarray(1));
  await expect(rollBackModel(bench)).rejects.toMatchObject({ code: 'model/hash-mismatch' });
  expect((await bench.models.active()).id).toBe('two');
  await writeFile(weights, whole);
  expect((await rollBackModel(bench)).id).toBe('one');
  expect((await bench.models.active()).id).toBe('one');
}, 120_000);

it('the same weights with another preprocessing give other numbers, in whichever order they are asked', async () => {
  await importModel(bench.models, { file: DEMO_WEIGHTS, id: 'dark', preset: 'chexnet', mean: [0, 0, 0] });
  const film = await readFile(join(resources, 'selftest', '00000442_000-1024.grey'));
  const readers = { one: await bench.reader('one'), dark: await bench.reader('dark') };
  const judge = async (id: 'one' | 'dark'): Promise<number[]> => [
    ...(await readers[id].network.analyse(film, { maps: false })).probabilities,
  ];
  const [one, dark] = [await judge('one'), await judge('dark')];
  expect(dark).not.toEqual(one);
  expect([await judge('one'), await judge('dark')]).toEqual([one, dark]);
}, 120_000);
