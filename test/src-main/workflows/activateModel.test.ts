/** With the real engine process. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors } from '#main/chexnet/formats/safetensors';
import { forkChild } from '#main/channel/forkChild';
import { activateModel, rollBackModel } from '#main/workflows/activateModel';
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

it('only a model that passes its self-test is activated, and a damaged one is not gone back to', async () => {
  for (const id of ['one', 'two']) await importModel(bench.models, { file: DEMO_WEIGHTS, id, preset: 'chexnet' });
  await activateModel(bench, 'one');
  await activateModel(bench, 'two');
  await importModel(bench.models, { file: await writeOverflowing(), id: 'bad', preset: 'chexnet' });
  await expect(activateModel(bench, 'bad')).rejects.toMatchObject({ code: 'model/invalid', details: { model: 'bad' } });
  await expect(activateModel(bench, 'none')).rejects.toMatchObject({ code: 'model/not-found' });
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
