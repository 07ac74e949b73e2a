import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { EpochRecord, RunReceipt } from '#main/contract/run';
import { RECIPES } from '#main/chexnet/training/recipes';
import { createRunRegistry, encodeEpochs, runFiles } from '#main/database/runRegistry';

const home = await mkdtemp(join(tmpdir(), 'hilum-runs-'));
afterAll(() => rm(home, { recursive: true, force: true }));
const runs = createRunRegistry(home);

const SIDE = { films: 2, patients: 1, positives: { Mass: 1 }, negatives: { Mass: 1 } };

function receiptOf(id: string, createdAt: string): RunReceipt {
  return {
    schema: 1,
    id,
    createdAt,
    recipe: 'head',
    task: 'findings',
    values: RECIPES.head.values,
    seed: 1,
    findings: ['Mass'],
    input: {
      size: 224,
      channels: 3,
      source: 'display grey',
      resize: 'pillow-bilinear',
      scale: '0..1',
      mean: [0, 0, 0],
      std: [1, 1, 1],
    },
    batchNormEpsilon: 1e-5,
    initial: null,
    data: {
      images: '/films',
      labels: '/films/labels.csv',
      labelsSha256: '0'.repeat(64),
      format: 'plain',
      contentSha256: '0'.repeat(64),
      uncertain: 'ignore',
      split: 'By patient.',
      training: SIDE,
      validation: SIDE,
      leftOut: {},
    },
    threads: 2,
    memory: { recompute: false, microBatch: null },
    notes: [],
    end: null,
  };
}

const EPOCH: EpochRecord = {
  epoch: 1,
  trainingLoss: 0.5,
  validationLoss: 0.6,
  auroc: { Mass: null },
  meanAuroc: null,
  learningRate: 1e-3,
  filmsPerSecond: 10,
  durationSeconds: 1,
  best: true,
};

describe('createRunRegistry', () => {
  it('lists runs, the newest first, with what became of them', async () => {
    await runs.writeReceipt(receiptOf('older', '2026-01-01T00:00:00.000Z'));
    const end = { state: 'finished', at: '2026-01-03T00:00:00.000Z', backend: 'wasm', reason: '' } as const;
    await runs.writeReceipt({ ...receiptOf('newer', '2026-01-02T00:00:00.000Z'), end });
    const beginning = { validationLoss: 0.7, auroc: { Mass: 0.5 }, meanAuroc: 0.5 };
    await writeFile(runFiles(runs.folder('newer')).epochs, encodeEpochs(beginning, [EPOCH]));
    await mkdir(join(home, 'runs', 'damaged'));
    await writeFile(join(home, 'runs', 'damaged', 'run.json'), '{');
    const found = (await runs.list()).map(({ state, receipt, epochs }) => [receipt.id, state, epochs.length]);
    expect(found).toEqual([
      ['newer', 'finished', 1],
      ['older', 'stopped', 0],
    ]);
    expect(await runs.get('newer')).toMatchObject({ beginning, epochs: [EPOCH] });
    expect((await runs.get('older')).beginning).toBeNull();
  });

  it('lets one process train a run at a time, and a killed one lock nothing', async () => {
    await runs.writeReceipt(receiptOf('locked', '2026-01-01T00:00:00.000Z'));
    const unlock = await runs.lock('locked');
    expect((await runs.get('locked')).state).toBe('running');
    await expect(runs.lock('locked')).rejects.toMatchObject({ code: 'training/busy' });
    await unlock();
    // No process has this number: Linux ends at 4,194,304.
    await writeFile(runFiles(runs.folder('locked')).lock, '4194305');
    await (
      await runs.lock('locked')
    )();
    expect((await runs.get('locked')).state).toBe('stopped');
  });

  it.each(['none', '../home', ''])('says that there is no run named "%s"', async (id) => {
    await expect(Promise.resolve().then(() => runs.get(id))).rejects.toMatchObject({ code: 'usage/invalid' });
  });
});
