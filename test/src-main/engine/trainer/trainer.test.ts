/** The training process itself, killed and resumed: the full network, few films. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { forkChild } from '#main/channel/forkChild';
import type { RunEvent } from '#main/contract/run';
import { runFiles } from '#main/database/runRegistry';
import { startTraining, type RunningTraining } from '#main/engine/host/trainerHost';
import type { TrainingJob } from '#main/engine/protocol/trainingProtocol';
import { RECIPES } from '#main/chexnet/training/recipes';
import { buildProcess } from '../../../helpers/buildProcess';
import { findNativeAddon } from '../../../helpers/nativePack';
import { makeJob, makeScratch } from './makeJob';

const trainer = await buildProcess('trainer');
const addon = await findNativeAddon(await buildProcess('engine'));
const scratch = await makeScratch();

function train(
  job: TrainingJob,
  onEvent: (event: RunEvent, run: RunningTraining) => void = () => undefined,
): RunningTraining {
  const run = startTraining(
    () => forkChild(trainer),
    job,
    (event) => onEvent(event, run),
  );
  return run;
}

async function hashOf(job: TrainingJob): Promise<string> {
  return createHash('sha256')
    .update(await readFile(runFiles(job.folder).model))
    .digest('hex');
}

function killAt(wanted: number): (event: RunEvent, run: RunningTraining) => void {
  let steps = 0;
  return (event, run) => {
    if (event.kind === 'progress' && event.progress.phase === 'training' && ++steps === wanted)
      process.kill(run.pid!, 'SIGKILL');
  };
}

describe('a head on WebAssembly', () => {
  const values = { epochs: 3, batch: 2, endAfter: null };

  it('ends with the same weights after a kill and after a stop', async () => {
    const whole = await makeJob(scratch, 'head', values);
    await expect(train(whole).ended).resolves.toMatchObject({ outcome: 'finished' });

    const job = await makeJob(scratch, 'head-killed', values, { checkpointEveryMinutes: 0 });
    await expect(train(job, killAt(2)).ended).rejects.toMatchObject({ code: 'engine/crashed' });
    const stop = (event: RunEvent, run: RunningTraining): void => {
      if (event.kind === 'epoch') run.stop();
    };
    await expect(train(job, stop).ended).resolves.toMatchObject({ outcome: 'stopped' });
    expect(existsSync(runFiles(job.folder).model)).toBe(false);
    await expect(train(job).ended).resolves.toMatchObject({ outcome: 'finished' });
    expect(await hashOf(job)).toBe(await hashOf(whole));
  }, 240_000);

  it('refuses weights that are not those that the run began with', async () => {
    const job = await makeJob(scratch, 'other-weights', values);
    const initial = { ...job.initial!, sha256: '0'.repeat(64) };
    await expect(train({ ...job, initial }).ended).rejects.toMatchObject({ code: 'model/hash-mismatch' });
  }, 60_000);

  it('says that the cache of films is gone', async () => {
    const job = await makeJob(scratch, 'no-cache', values);
    const run = train({ ...job, cacheFile: join(scratch, 'none') });
    await expect(run.ended).rejects.toMatchObject({ code: 'file/unreadable' });
  }, 60_000);
});

describe('a tail on WebAssembly', () => {
  const { part, adam, learningRate } = RECIPES.tail.values;
  const values = { part, adam, learningRate, epochs: 2, batch: 2, endAfter: null };

  it('ends with the same weights after a kill in the middle of an epoch, on two threads', async () => {
    const whole = await makeJob(scratch, 'tail', values);
    await expect(train(whole).ended).resolves.toMatchObject({ outcome: 'finished' });
    const job = await makeJob(scratch, 'tail-killed', values, { checkpointEveryMinutes: 0 });
    await expect(train(job, killAt(3)).ended).rejects.toMatchObject({ code: 'engine/crashed' });
    await expect(train(job).ended).resolves.toMatchObject({ outcome: 'finished' });
    expect(await hashOf(job)).toBe(await hashOf(whole));
  }, 240_000);
});

describe.skipIf(addon === null)('the whole network on native TensorFlow', () => {
  const { part, adam, learningRate } = RECIPES.paper.values;
  const augmentation = { flip: true, rotationDegrees: 5, shift: 0.05, scale: 0.05, contrast: 0.1 };
  const values = { part, adam, learningRate, augmentation, epochs: 1, batch: 1, endAfter: null };

  it('ends with the same weights after a kill in the middle of an epoch', async () => {
    const whole = await makeJob(scratch, 'paper', values, { addon });
    await expect(train(whole).ended).resolves.toMatchObject({ outcome: 'finished' });
    const job = await makeJob(scratch, 'paper-killed', values, { addon, checkpointEveryMinutes: 0 });
    await expect(train(job, killAt(2)).ended).rejects.toMatchObject({ code: 'engine/crashed' });
    await expect(train(job).ended).resolves.toMatchObject({ outcome: 'finished' });
    expect(await hashOf(job)).toBe(await hashOf(whole));
  }, 300_000);
});
