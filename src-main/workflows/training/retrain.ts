/**
 * A run from its plan to the model in the registry. The network is trained by a process of its own; here is what is
 * written before and after, and what is done when memory does not suffice.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { AppError, toErrorBody, type ErrorCode } from '#main/contract/errors';
import type { ModelCard } from '#main/contract/card';
import type { RunEvent, RunReceipt } from '#main/contract/run';
import { runFiles } from '#main/database/runRegistry';
import { writeAtomically } from '#main/database/writeDurably';
import type { RunningTraining } from '#main/engine/host/trainerHost';
import type { TrainingJob } from '#main/engine/protocol/trainingProtocol';
import type { Workbench } from '../openWorkbench';
import type { GpuCheck } from './checkGpu';
import { describeMemory, fitMemoryAgain, roomHere, shrinkMemory } from './fitMemory';
import { makeCard, listPatients, type RunPatients } from './makeCard';
import { sideOf, type RunFilms, type RunPlan } from './planRun';

export type RetrainOptions = {
  /** Stops the run after the step at hand; it can be gone on with. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
  /** The process, to pause it: again after each start of one. */
  readonly onStart?: (training: Pick<RunningTraining, 'pause' | 'pid'>) => void;
  readonly checkpointEveryMinutes?: number;
};

export type RetrainResult =
  | { readonly outcome: 'finished'; readonly receipt: RunReceipt; readonly card: ModelCard }
  | { readonly outcome: 'stopped'; readonly receipt: RunReceipt };

const CHECKPOINT_EVERY_MINUTES = 10;

/**
 * Begins a run. Throws `training/diverged`, `engine/crashed` (the run can be gone on with), `engine/out-of-memory`,
 * `disk/full`, `file/unwritable`.
 */
export async function beginRun(bench: Workbench, plan: RunPlan, options: RetrainOptions): Promise<RetrainResult> {
  const { receipt, films, data, initial } = plan;
  const unlock = await bench.runs.lock(receipt.id);
  try {
    const files = runFiles(bench.runs.folder(receipt.id));
    const { rows } = data.dataset;
    const idsOf = (places: readonly number[]): string[] => places.flatMap((place) => rows[place]!.patientId ?? []);
    const patients = listPatients(receipt, {
      trained: idsOf(data.places.training),
      validated: idsOf(data.places.validation),
      ancestors: initial?.patients?.lists ?? [],
    });
    await writeAtomically(files.films, JSON.stringify({ ...films, patients }));
    await writeAtomically(files.split, JSON.stringify(data.split));
    // Last: a run is one once it has its receipt.
    await bench.runs.writeReceipt(receipt);
    return await train(bench, receipt, { ...films, patients }, options);
  } finally {
    await unlock();
  }
}

/**
 * Goes on with a run that was stopped or killed; its last weights come out as if it had not been. Throws as `beginRun`,
 * `usage/invalid` where there is no such run or it is over, `training/busy`, and `training/impossible` where its films
 * are gone from the cache.
 */
export async function resumeRun(bench: Workbench, id: string, options: RetrainOptions): Promise<RetrainResult> {
  const { receipt, state } = await bench.runs.get(id);
  if (receipt.end !== null) throw new AppError('usage/invalid', `The run ${id} is over: ${state}.`);
  const unlock = await bench.runs.lock(id);
  try {
    const films = await readFilms(runFiles(bench.runs.folder(id)).films);
    if (!existsSync(films.pixelsFile)) {
      throw new AppError(
        'training/impossible',
        `The films of the run ${id} are no longer in the cache: begin it again.`,
      );
    }
    return await train(bench, receipt, films, options);
  } finally {
    await unlock();
  }
}

type KeptFilms = RunFilms & { readonly patients: RunPatients };

async function readFilms(file: string): Promise<KeptFilms> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as KeptFilms;
  } catch (cause) {
    throw new AppError('file/unreadable', 'The list of the films of the run can not be read.', { file }, cause);
  }
}

async function train(
  bench: Workbench,
  begun: RunReceipt,
  films: KeptFilms,
  options: RetrainOptions,
): Promise<RetrainResult> {
  let receipt = begun;
  async function note(text: string, change: Partial<RunReceipt> = {}): Promise<void> {
    const notes = receipt.notes.includes(text) ? receipt.notes : [...receipt.notes, text];
    receipt = { ...receipt, ...change, notes };
    await bench.runs.writeReceipt(receipt);
    options.onEvent({ kind: 'note', text });
  }
  const addon = await findBackend(bench, begun);
  const checked = addon === null ? NO_GPU : await bench.checkGpu(addon);
  let { gpu } = checked;
  if (checked.note !== '') await note(checked.note);
  const planned = receipt;
  for (;;) {
    try {
      const { outcome, backend } = await trainOnce(bench, receipt, films, { ...options, addon, gpu });
      if (outcome === 'stopped') return { outcome, receipt };
      return await finish(bench, receipt, films.patients, { backend, onEvent: options.onEvent });
    } catch (error) {
      const memory = tooLarge(error) ? shrinkMemory(receipt.values, receipt.memory) : null;
      const trouble = gpu && error instanceof AppError ? GPU_TROUBLES[error.code] : undefined;
      if (memory !== null) await note(describeMemory(memory), { memory });
      else if (trouble !== undefined) {
        gpu = false;
        // Where nothing is trained yet, batches need not stay as small as the GPU wanted them.
        if (!existsSync(runFiles(bench.runs.folder(receipt.id)).last)) receipt = planned;
        await note(trouble);
      } else throw await noteFailure(bench, receipt, films, error);
    }
  }
}

const NO_GPU: GpuCheck = { gpu: false, note: '' };

const GPU_FAILED = 'The GPU failed while it trained; the processor goes on from the last checkpoint.';

/** What the processor can do where the GPU can not. */
const GPU_TROUBLES: Partial<Record<ErrorCode, string>> = {
  'engine/out-of-memory': 'The memory of the GPU does not suffice for training; the processor takes its place.',
  'engine/crashed': GPU_FAILED,
  // Words of TensorFlow's.
  'internal/unexpected': GPU_FAILED,
};

function tooLarge(error: unknown): boolean {
  return error instanceof AppError && error.code === 'engine/out-of-memory';
}

/** What will be the same the next time ends the run; a crash or a full disk does not. */
async function noteFailure(bench: Workbench, receipt: RunReceipt, films: KeptFilms, error: unknown): Promise<unknown> {
  const { code, message, details } = toErrorBody(error);
  if (code !== 'training/diverged') return error;
  const backend = String(details['backend'] ?? '');
  const failed: RunReceipt = { ...receipt, end: { state: 'failed', at: now(), backend, reason: message } };
  if (existsSync(runFiles(bench.runs.folder(receipt.id)).model)) await addModel(bench, failed, films.patients, backend);
  await bench.runs.writeReceipt(failed);
  return error;
}

function now(): string {
  return new Date().toISOString();
}

async function trainOnce(
  bench: Workbench,
  receipt: RunReceipt,
  films: KeptFilms,
  options: RetrainOptions & Pick<TrainingJob, 'addon' | 'gpu'>,
) {
  const { signal, onEvent, onStart, checkpointEveryMinutes = CHECKPOINT_EVERY_MINUTES, addon, gpu } = options;
  const { id, values, seed, findings, input, batchNormEpsilon, initial, threads } = receipt;
  const memory = fitMemoryAgain(values, receipt.memory, roomHere(addon === null ? 'wasm' : 'tensorflow'));
  const job: TrainingJob = {
    folder: bench.runs.folder(id),
    cacheFile: films.pixelsFile,
    ...{ values, seed, findings, input, batchNormEpsilon, threads, memory, checkpointEveryMinutes },
    initial: initial === null ? null : { ...initial, weightsPath: bench.models.weightsPath(initial.model) },
    training: sideOf(films.training, receipt),
    validation: sideOf(films.validation, receipt),
    ...{ addon, gpu },
  };
  const running = bench.startTraining(job, onEvent);
  onStart?.(running);
  const stop = (): void => running.stop();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await running.ended;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The addon, or null for WASM: a run ends with the backend that it was begun with. Throws `engine/unavailable`. */
async function findBackend({ enginePack }: Workbench, { id, backend }: RunReceipt): Promise<string | null> {
  const addon = backend === 'wasm' ? null : await enginePack.findAddon();
  if (addon !== null || backend !== 'tensorflow') return addon;
  throw new AppError(
    'engine/unavailable',
    `The run ${id} was begun on native TensorFlow, which is not there now: "hilum engine install" brings it.`,
  );
}

/** The model into the registry, then the end into the receipt: whoever is interrupted between both does it again. */
async function finish(
  bench: Workbench,
  receipt: RunReceipt,
  patients: RunPatients,
  { backend, onEvent }: Pick<RetrainOptions, 'onEvent'> & { readonly backend: string },
): Promise<RetrainResult> {
  const { epochs } = await bench.runs.get(receipt.id);
  const notes = epochs.some(({ best }) => best) ? [] : [NOTHING_GAINED];
  for (const text of notes) onEvent({ kind: 'note', text });
  const finished: RunReceipt = {
    ...receipt,
    notes: [...receipt.notes, ...notes],
    end: { state: 'finished', at: now(), backend, reason: '' },
  };
  const card = await addModel(bench, finished, patients, backend);
  await bench.runs.writeReceipt(finished);
  return { outcome: 'finished', receipt: finished, card };
}

const NOTHING_GAINED =
  'No epoch was better on the validation films than the weights that the run began with: its model holds those.';

async function addModel(
  bench: Workbench,
  receipt: RunReceipt,
  patients: RunPatients,
  backend: string,
): Promise<ModelCard> {
  const run = await bench.runs.get(receipt.id);
  const weights = await readFile(runFiles(bench.runs.folder(receipt.id)).model);
  const base = receipt.initial === null ? null : await bench.models.get(receipt.initial.model).catch(() => null);
  const card = makeCard({ ...run, receipt, patients, backend, weights, base });
  await addOnce(bench, card, weights);
  return card;
}

async function addOnce(bench: Workbench, card: ModelCard, weights: Uint8Array): Promise<void> {
  const there = await bench.models.get(card.id).catch(() => null);
  if (there?.weights.sha256 !== card.weights.sha256) await bench.models.add(card, weights);
}
