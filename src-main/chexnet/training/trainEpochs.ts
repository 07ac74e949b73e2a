/**
 * The loop: epochs of steps, a validation after each, the learning rate by the plateau, the best weights kept. It knows
 * neither files nor processes; whoever runs it gives it batches and takes its checkpoints.
 */
import { AppError } from '#main/contract/errors';
import type { EpochRecord, PlateauOptions, RunProgress } from '#main/contract/run';
import type { LoopState } from './checkpoint';
import { measureEpoch, type ValidationLabels } from './measureEpoch';
import { startPlateau, stepPlateau } from './plateau';
import type { Stepper, TrainingBatch } from './stepper';

export type BatchSource = {
  /** The batches of an epoch (from 0) in its order, from its film number `from` on. */
  training(epoch: number, from: number): AsyncIterable<TrainingBatch>;
  /** Every validation film once, in the order of the labels. */
  validation(): AsyncIterable<{ readonly inputs: Float32Array; readonly count: number }>;
};

export type LoopOptions = {
  readonly stepper: Stepper;
  readonly source: BatchSource;
  readonly trainingFilms: number;
  readonly validation: ValidationLabels;
  readonly epochs: number;
  readonly endAfter: number | null;
  readonly plateau: PlateauOptions;
  /** Milliseconds of any clock that does not jump. */
  readonly now: () => number;
};

export type LoopCallbacks = {
  onProgress(progress: Omit<RunProgress, 'rssBytes'>): void;
  /** Between two steps; settles when the run may go on. */
  betweenSteps(): Promise<'continue' | 'checkpoint' | 'stop'>;
  /** After an epoch whose validation loss is the lowest so far, before its checkpoint. */
  keepBest(record: EpochRecord): Promise<void>;
  checkpoint(loop: LoopState): Promise<void>;
  onEpoch(record: EpochRecord): void;
};

export function startLoop(learningRate: number): LoopState {
  const plateau = startPlateau(learningRate);
  return { epochsDone: 0, position: 0, lossSum: 0, seconds: 0, plateau, best: null, records: [] };
}

type Limits = Pick<LoopOptions, 'epochs' | 'endAfter'>;

function isOver({ epochsDone, best }: LoopState, { epochs, endAfter }: Limits): boolean {
  return epochsDone >= epochs || (endAfter !== null && best !== null && epochsDone - best.epoch >= endAfter);
}

/**
 * Goes on where `start` is. A run that was stopped has written its checkpoint. Throws `training/diverged` where a loss
 * is no number any more: the checkpoints of before stay.
 */
export async function trainEpochs(
  options: LoopOptions,
  callbacks: LoopCallbacks,
  start: LoopState,
): Promise<'finished' | 'stopped'> {
  let loop = start;
  while (!isOver(loop, options)) {
    const epoch = await trainEpoch(options, callbacks, loop);
    if (epoch.stopped) return 'stopped';
    loop = await endEpoch(options, callbacks, epoch.loop);
    if ((await callbacks.betweenSteps()) === 'stop') return isOver(loop, options) ? 'finished' : 'stopped';
  }
  return 'finished';
}

async function trainEpoch(
  options: LoopOptions,
  callbacks: LoopCallbacks,
  start: LoopState,
): Promise<{ readonly loop: LoopState; readonly stopped: boolean }> {
  const { stepper, source, now } = options;
  let loop = start;
  const startedAt = now() - 1000 * loop.seconds;
  for await (const batch of source.training(loop.epochsDone, loop.position)) {
    const { loss } = stepper.train(batch, { learningRate: loop.plateau.learningRate });
    if (!Number.isFinite(loss)) throw diverged(loop.epochsDone + 1, `after ${loop.position} of its films`);
    const position = loop.position + batch.count;
    loop = { ...loop, position, lossSum: loop.lossSum + loss * batch.count, seconds: (now() - startedAt) / 1000 };
    callbacks.onProgress(progressOf(options, loop, 'training', loop.position, options.trainingFilms));
    const next = position < options.trainingFilms ? await callbacks.betweenSteps() : 'continue';
    if (next === 'continue') continue;
    await callbacks.checkpoint(loop);
    if (next === 'stop') return { loop, stopped: true };
  }
  return { loop, stopped: false };
}

async function endEpoch(options: LoopOptions, callbacks: LoopCallbacks, loop: LoopState): Promise<LoopState> {
  const { validation } = options;
  const measured = measureEpoch(await validate(options, callbacks, loop), validation);
  if (!Number.isFinite(measured.validationLoss)) throw diverged(loop.epochsDone + 1, 'in its validation');
  const epoch = loop.epochsDone + 1;
  const best = loop.best === null || measured.validationLoss < loop.best.validationLoss;
  const record: EpochRecord = {
    epoch,
    trainingLoss: loop.lossSum / loop.position,
    ...measured,
    learningRate: loop.plateau.learningRate,
    filmsPerSecond: loop.position / Math.max(loop.seconds, 1e-3),
    durationSeconds: loop.seconds,
    best,
  };
  const after: LoopState = {
    epochsDone: epoch,
    position: 0,
    lossSum: 0,
    seconds: 0,
    plateau: stepPlateau(loop.plateau, measured.validationLoss, options.plateau),
    best: best ? { epoch, validationLoss: measured.validationLoss } : loop.best,
    records: [...loop.records, record],
  };
  if (best) await callbacks.keepBest(record);
  await callbacks.checkpoint(after);
  callbacks.onEpoch(record);
  return after;
}

/** [films,findings] */
async function validate(options: LoopOptions, callbacks: LoopCallbacks, loop: LoopState): Promise<Float32Array> {
  const { stepper, source, validation } = options;
  const probabilities = new Float32Array(validation.labels.length);
  const films = validation.labels.length / validation.findings.length;
  let done = 0;
  for await (const { inputs, count } of source.validation()) {
    probabilities.set(stepper.evaluate(inputs, count), done * validation.findings.length);
    done += count;
    callbacks.onProgress(progressOf(options, loop, 'validation', done, films));
  }
  return probabilities;
}

function progressOf(
  { epochs, trainingFilms }: LoopOptions,
  loop: LoopState,
  phase: 'training' | 'validation',
  done: number,
  total: number,
): Omit<RunProgress, 'rssBytes'> {
  const filmsPerSecond = loop.position / Math.max(loop.seconds, 1e-3);
  const filmsLeft = (epochs - loop.epochsDone) * trainingFilms - loop.position;
  return {
    phase,
    epoch: loop.epochsDone + 1,
    epochs,
    done,
    total,
    loss: loop.position === 0 ? null : loop.lossSum / loop.position,
    learningRate: loop.plateau.learningRate,
    filmsPerSecond,
    secondsLeft: filmsPerSecond === 0 ? null : filmsLeft / filmsPerSecond,
  };
}

function diverged(epoch: number, where: string): AppError {
  return new AppError(
    'training/diverged',
    `The loss is not a number any more (epoch ${epoch}, ${where}). The best weights of before are kept; a lower learning rate may help.`,
    { epoch },
  );
}
