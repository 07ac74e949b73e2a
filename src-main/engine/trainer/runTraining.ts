/** One run in this process, from its last checkpoint or from its beginning to its end. */
import { mkdir } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { AppError } from '#main/contract/errors';
import type { RunEvent, RunProgress } from '#main/contract/run';
import type { DenseNet } from '#main/chexnet/network/densenet121';
import type { Weights } from '#main/chexnet/network/weights';
import type { Checkpoint } from '#main/chexnet/training/checkpoint';
import { startState } from '#main/chexnet/training/initialWeights';
import type { StepperOptions } from '#main/chexnet/training/stepper';
import { startLoop, trainEpochs, type LoopCallbacks } from '#main/chexnet/training/trainEpochs';
import { runFiles } from '#main/database/runRegistry';
import type { TrainingJob } from '#main/engine/protocol/trainingProtocol';
import { createBatchSource, type InputSource } from './batches';
import { openFeatureCache } from './featureCache';
import { startFilmThread } from './filmThread';
import { withMemoryErrors } from './memoryErrors';
import { initialWeights, networkOf, openNetwork, type OpenedNetwork } from './openNetwork';
import { openRunFolder, type RunFolder } from './runFolder';

/** What somebody outside wants of the run. */
export type RunControl = {
  readonly stopped: () => boolean;
  /** Settles once the run may go on. */
  readonly unpaused: () => Promise<void>;
};

type Trained = { readonly outcome: 'finished' | 'stopped'; readonly backend: string };

/** Thrown out of the making of features. */
class Stopped extends Error {}

export async function runTraining(
  job: TrainingJob,
  control: RunControl,
  emit: (event: RunEvent) => void,
): Promise<Trained> {
  await mkdir(job.folder, { recursive: true, mode: 0o700 });
  const folder = openRunFolder(job.folder);
  const network = networkOf(job);
  const first = await initialWeights(job, network);
  const begun = await folder.readCheckpoint();
  const from: Checkpoint = begun ?? { state: startState(first), loop: startLoop(job.values.learningRate) };
  const state = { ...from.state, weights: merge(first, from.state.weights) };
  const opened = withMemoryErrors(await openNetwork(job, state, stepperOptions(job, network)));
  const progress = (told: Omit<RunProgress, 'rssBytes'>): void =>
    emit({ kind: 'progress', progress: { ...told, rssBytes: process.memoryUsage.rss() } });
  const films = startFilmThread({ ...job, augmentation: job.values.augmentation });
  try {
    const inputs = await openInputs(job, opened, films.prepare, control, progress);
    if (inputs === 'stopped') return { outcome: 'stopped', backend: opened.backend };
    const callbacks = createCallbacks(job, { opened, folder, control, emit, progress });
    const outcome = await orKeepBest(() => trainEpochs(loopOptions(job, opened, inputs), callbacks, from.loop), {
      folder,
      first,
      backend: opened.backend,
    });
    if (outcome === 'finished') await folder.writeModel(merge(first, await folder.readBest()));
    return { outcome, backend: opened.backend };
  } finally {
    await films.close();
  }
}

/** A run that diverged has a model too where one of its epochs was better than its beginning. */
async function orKeepBest<Value>(
  work: () => Promise<Value>,
  { folder, first, backend }: { readonly folder: RunFolder; readonly first: Weights; readonly backend: string },
): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'training/diverged') throw error;
    const last = await folder.readCheckpoint();
    if ((last?.loop.best?.epoch ?? 0) > 0) await folder.writeModel(merge(first, await folder.readBest()));
    throw new AppError(error.code, error.message, { ...error.details, backend }, error);
  }
}

/** In the order of the first. */
function merge(weights: Weights, newer: Weights): Weights {
  return new Map([...weights].map(([name, tensor]) => [name, newer.get(name) ?? tensor]));
}

function stepperOptions({ values, batchNormEpsilon, memory }: TrainingJob, network: DenseNet): StepperOptions {
  const { part, adam, batchNormMomentum } = values;
  return { network, part, adam, batchNormMomentum, batchNormEpsilon, ...memory };
}

/** Straight from the film thread, or what the frozen layers make of its films. */
async function openInputs(
  job: TrainingJob,
  { trunk }: OpenedNetwork,
  films: InputSource,
  control: RunControl,
  progress: LoopCallbacks['onProgress'],
): Promise<InputSource | 'stopped'> {
  if (trunk === null) return films;
  const startedAt = performance.now();
  let before: number | null = null;
  function onProgress(done: number, total: number): void {
    before ??= done;
    const filmsPerSecond = (1000 * (done - before)) / (performance.now() - startedAt);
    const secondsLeft = filmsPerSecond === 0 ? null : (total - done) / filmsPerSecond;
    const { epochs, learningRate } = job.values;
    progress({
      phase: 'features',
      epoch: 0,
      epochs,
      done,
      total,
      loss: null,
      learningRate,
      filmsPerSecond,
      secondsLeft,
    });
  }
  async function betweenBatches(): Promise<void> {
    await setImmediate();
    await control.unpaused();
    if (control.stopped()) throw new Stopped();
  }
  try {
    const { size } = trunk;
    const embed = (some: Float32Array, count: number): Float32Array => trunk.embed(some, count);
    const file = runFiles(job.folder).features;
    const cache = await openFeatureCache({ job, file, size, embed, films, onProgress, betweenBatches });
    return cache.inputs;
  } catch (error) {
    if (error instanceof Stopped) return 'stopped';
    throw error;
  } finally {
    trunk.dispose();
  }
}

function loopOptions(job: TrainingJob, { stepper }: OpenedNetwork, inputs: InputSource) {
  const { values, findings, training, validation } = job;
  const { epochs, endAfter, plateau } = values;
  const { labels, weights } = validation;
  return {
    stepper,
    source: createBatchSource(job, inputs),
    trainingFilms: training.places.length,
    validation: { findings, labels, weights },
    epochs,
    endAfter,
    plateau,
    now: () => performance.now(),
  };
}

type Parts = {
  readonly opened: OpenedNetwork;
  readonly folder: RunFolder;
  readonly control: RunControl;
  readonly emit: (event: RunEvent) => void;
  readonly progress: LoopCallbacks['onProgress'];
};

function createCallbacks(job: TrainingJob, { opened, folder, control, emit, progress }: Parts): LoopCallbacks {
  const every = job.checkpointEveryMinutes * 60_000;
  let writtenAt = performance.now();
  return {
    onProgress: progress,
    betweenSteps: async () => {
      // Messages come in between two steps only.
      await setImmediate();
      await control.unpaused();
      if (control.stopped()) return 'stop';
      return performance.now() - writtenAt >= every ? 'checkpoint' : 'continue';
    },
    keepBest: () => folder.writeBest(opened.stepper.save().weights),
    checkpoint: async (loop) => {
      await folder.writeCheckpoint({ state: opened.stepper.save(), loop });
      await folder.writeEpochs(loop);
      writtenAt = performance.now();
    },
    onBeginning: (measured) => emit({ kind: 'beginning', measured }),
    onEpoch: (record) => emit({ kind: 'epoch', record }),
  };
}
