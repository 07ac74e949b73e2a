/**
 * The training runs on disk, as models are: `HILUM_HOME/runs/ID`, each complete in itself. `run.json` is the receipt:
 * everything that the run depends on, written at its start, and what became of it.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { AppError } from '#main/contract/errors';
import {
  RunReceiptSchema,
  type EpochRecord,
  type Measured,
  type RunReceipt,
  type RunSummary,
} from '#main/contract/run';
import { homePaths } from './homeFolder';
import { isLocked, tryLock } from './lockFile';
import { PARTIAL, writeAtomically } from './writeDurably';

export type RunFiles = {
  readonly receipt: string;
  /** Which films, with which labels, on which side of the split. */
  readonly films: string;
  /** Patients by side, as they were divided. */
  readonly split: string;
  readonly epochs: string;
  /** Weights, moments, schedule and place of the last step that was kept. */
  readonly last: string;
  /** Weights at the lowest validation loss. */
  readonly best: string;
  /** What the frozen layers make of the films. */
  readonly features: string;
  /** The trained network, once the run is over. */
  readonly model: string;
  /** The process that trains it. */
  readonly lock: string;
};

/** What lies in the folder of a run. */
export function runFiles(folder: string): RunFiles {
  return {
    receipt: join(folder, 'run.json'),
    films: join(folder, 'films.json'),
    split: join(folder, 'split.json'),
    epochs: join(folder, 'epochs.jsonl'),
    last: join(folder, 'checkpoint-last.safetensors'),
    best: join(folder, 'checkpoint-best.safetensors'),
    features: join(folder, 'features.f32'),
    model: join(folder, 'model.safetensors'),
    lock: join(folder, 'lock'),
  };
}

export type RunRegistry = {
  /** The newest first. What can not be read is left out. */
  list(): Promise<readonly RunSummary[]>;
  /** Throws `usage/invalid` where there is no such run, or its receipt can not be read. */
  get(id: string): Promise<RunSummary>;
  /** Also where its receipt can not be read. Throws `usage/invalid` where the name can be no run's. */
  has(id: string): boolean;
  folder(id: string): string;
  /** Whole or not at all; throws `file/unwritable`. */
  writeReceipt(receipt: RunReceipt): Promise<void>;
  /** Until the returned function is called, no other process may train this run. Throws `training/busy`. */
  lock(id: string): Promise<() => Promise<void>>;
};

const ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;

export function createRunRegistry(home: string): RunRegistry {
  const { runsFolder } = homePaths(home);

  function folder(id: string): string {
    // An id is a name, not a path: it came from a command line.
    if (ID.test(id) && !id.endsWith(PARTIAL)) return join(runsFolder, id);
    throw new AppError(
      'usage/invalid',
      `${id} can not be the name of a run: small letters, digits, dots and dashes can.`,
    );
  }

  async function get(id: string): Promise<RunSummary> {
    const files = runFiles(folder(id));
    const text = await readFile(files.receipt, 'utf8').catch(() => null);
    if (text === null)
      throw new AppError('usage/invalid', `There is no run named ${id}: "hilum train --list" shows them.`);
    const receipt = v.safeParse(v.pipe(v.string(), v.parseJson(), RunReceiptSchema), text);
    if (!receipt.success) throw new AppError('usage/invalid', `The receipt of the run ${id} can not be read.`);
    const { end } = receipt.output;
    const running = end === null && (await isLocked(files.lock));
    const state = end?.state ?? (running ? 'running' : 'stopped');
    return { state, receipt: receipt.output, ...(await readEpochs(files.epochs)) };
  }

  return {
    list: async () => {
      const names = await readdir(runsFolder).catch(() => []);
      const runs = await Promise.all(names.map((id) => get(id).catch(() => null)));
      const found = runs.filter((run) => run !== null);
      return found.sort((a, b) => b.receipt.createdAt.localeCompare(a.receipt.createdAt));
    },
    get,
    // What a process that was killed before that has left is no run.
    has: (id) => existsSync(runFiles(folder(id)).receipt),
    folder,
    writeReceipt: async (receipt) => {
      const file = runFiles(folder(receipt.id)).receipt;
      try {
        await writeAtomically(file, `${JSON.stringify(receipt, null, 1)}\n`);
      } catch (cause) {
        throw new AppError('file/unwritable', 'The receipt of the run can not be written.', { file }, cause);
      }
    },
    lock: (id) => lockRun(id, runFiles(folder(id)).lock),
  };
}

/** `epochs.jsonl`: a line an epoch; before them, as epoch 0, the weights that the run began with. */
export function encodeEpochs(beginning: Measured | null, records: readonly EpochRecord[]): string {
  const lines = [...(beginning === null ? [] : [{ epoch: 0, ...beginning }]), ...records];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

async function readEpochs(file: string): Promise<Pick<RunSummary, 'beginning' | 'epochs'>> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as EpochRecord]));
  const first = lines.find(({ epoch }) => epoch === 0);
  if (first === undefined) return { beginning: null, epochs: lines };
  const { validationLoss, auroc, meanAuroc } = first;
  return { beginning: { validationLoss, auroc, meanAuroc }, epochs: lines.filter((line) => line !== first) };
}

async function lockRun(id: string, file: string): Promise<() => Promise<void>> {
  const unlock = await tryLock(file);
  if (unlock !== null) return unlock;
  throw new AppError('training/busy', `The run ${id} is being trained by another program.`, { run: id });
}
