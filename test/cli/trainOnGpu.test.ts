/** A GPU is played by the native addon in disguise, as the pack with CUDA lies on the disk: no machine of ours has one. */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunReceipt } from '#main/contract/run';
import { findNativeAddon } from '#test/helpers/nativePack';
import { ROOT } from '../../scripts/bundle.mjs';
import { GOLDEN_FILMS, makeFolder, startHilum } from './hilum';

const addon = await findNativeAddon(join(ROOT, 'dist', 'engine.cjs'));
const home = await makeFolder();
const [films, labels, pack] = [join(home, 'films'), join(home, 'labels.csv'), join(home, 'engine', 'fake')];

/** What it does when it trains, on films as `inputs`; reading feeds `film`. */
const GPUS = {
  works: '',
  isFull: "if (trains) throw new Error('OOM when allocating tensor with shape[2,64,112,112] on /device:GPU:0');",
  fails: "if (trains) throw new Error('CUDA_ERROR_LAUNCH_FAILED: unspecified launch failure');",
  dies: "if (trains) process.kill(process.pid, 'SIGKILL');",
  isWrong: 'wrong = !trains;',
};

const TABLE = `Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position
00000831_001.png,Effusion|Mass,1,831,58,F,PA
00001063_000.png,No Finding,0,1063,61,M,PA
00001582_017.png,Pneumonia,17,1582,45,M,AP
`;

async function useGpu(behaviour: string, freeMegabytes: number): Promise<void> {
  await writeFile(
    join(pack, 'tensorflow', 'binding.cjs'),
    `const real = require(${JSON.stringify(addon)});
     const isGpu = process.env.CUDA_VISIBLE_DEVICES !== '-1';
     let wrong = false;
     module.exports = Object.create(real, Object.getOwnPropertyDescriptors({
       isUsingGpuDevice: () => isGpu,
       runSavedModel: (id, inputs, inputNames, outputNames) => {
         const trains = inputNames.startsWith('inputs');
         if (isGpu) { ${behaviour} }
         return real.runSavedModel(id, inputs, inputNames, outputNames);
       },
       tensorDataSync: (id) => real.tensorDataSync(id).map((value) => (wrong ? value + 0.01 : value)),
     }));`,
  );
  const tool = `#!/bin/sh\ncase "$1" in *memory.free*) echo ${freeMegabytes};; *) echo "H100, 550.54, 81559 MiB";; esac\n`;
  await writeFile(join(home, 'bin', 'nvidia-smi'), tool, { mode: 0o755 });
}

describe.skipIf(addon === null)('hilum train beside a GPU', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    for (const folder of [films, join(home, 'bin'), join(pack, 'tensorflow'), join(pack, 'nvidia')]) {
      await mkdir(folder, { recursive: true });
    }
    await cp(join(GOLDEN_FILMS, 'images-256'), films, { recursive: true });
    await writeFile(labels, TABLE);
    await writeFile(join(home, 'validation.txt'), '1582\n');
    const active = { version: 'fake', addon: 'tensorflow/binding.cjs' };
    await writeFile(join(home, 'engine', 'active.json'), JSON.stringify(active));
  });

  it.each([
    ['works', 80_000, null],
    [
      'works',
      3000,
      'The GPU has 3000 MB free, of which reading keeps 2048: too few for training, which the processor does.',
    ],
    ['isFull', 80_000, 'The memory of the GPU does not suffice for training; the processor takes its place.'],
    ['fails', 80_000, 'The GPU failed while it trained; the processor goes on from the last checkpoint.'],
    ['dies', 80_000, 'The GPU failed while it trained; the processor goes on from the last checkpoint.'],
    [
      'isWrong',
      80_000,
      'The GPU does not pass, the processor takes its place. GPU: H100, 81559 MiB, driver 550.54: Its',
    ],
  ] as const)('that %s, with %i MB free', async (gpu, free, note) => {
    await useGpu(GPUS[gpu], free);
    const id = `${gpu}-${free}`.toLowerCase();
    // Only where all layers learn are there smaller ways to train.
    const recipe = gpu === 'isFull' ? 'paper' : 'tail';
    const data = ['--images', films, '--labels', labels, '--validation-patients', join(home, 'validation.txt')];
    const how = ['--from', 'random', '--recipe', recipe, '--batch', '2', '--epochs', '1', '--as', id];
    const env = { PATH: `${join(home, 'bin')}:${process.env['PATH'] ?? ''}` };
    const { code, stderr } = await startHilum(home, ['train', ...data, ...how], env).ended;
    expect([code, stderr]).toEqual([0, expect.stringContaining(note ?? '')]);
    const { stdout } = await startHilum(home, ['train', '--list', '--json']).ended;
    const { runs } = JSON.parse(stdout) as { runs: { receipt: RunReceipt }[] };
    const { end, notes, memory } = runs.find(({ receipt }) => receipt.id === id)!.receipt;
    expect(end?.backend).toMatch(note === null ? /, GPU: H100, 81559 MiB, driver 550\.54$/ : /, \d+ threads$/);
    expect(notes.filter((text) => text.includes('GPU'))).toEqual(note === null ? [] : [expect.stringContaining(note)]);
    // What the GPU did not hold, the processor does.
    expect(memory).toEqual({ recompute: false, microBatch: null });
  });
});
