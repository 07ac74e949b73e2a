/**
 * The loop: epochs of steps, a validation before the first and after each, the learning rate by the plateau, the best
 * weights kept. It knows neither files nor processes; whoever runs it gives it batches and takes its checkpoints.
 */
import { AppError } from '#main/contract/errors';
import type { EpochRecord, Measured, PlateauOptions, RunProgress } from '#main/contract/run';
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
  /** Between two steps, or two batches of a validation; settles when the run may go on. */
  betweenSteps(): Promise<'continue' | 'checkpoint' | 'stop'>;
  /** Weights whose validation loss is the lowest so far: of an epoch, or 0 of the beginning; before its checkpoint. */
  keepBest(epoch: number): Promise<void>;
  checkpoint(loop: LoopState): Promise<void>;
  onBeginning(measured: Measured): void;
  onEpoch(record: EpochRecord): void;
};

export function startLoop(learningRate: number): LoopState {
  const plateau = startPlateau(learningRate);
  return { epochsDone: 0, position: 0, lossSum: 0, seconds: 0, plateau, best: null, records: [] };
}

type Limits = Pick<LoopOptions, 'epochs' | 'endAfter'>;

/**
 * Whether the epochs themselves get better says when to end: a new rate may leave good weights behind, and find its way
 * back to better ones.
 */
function isOver({ epochsDone, records }: LoopState, { epochs, endAfter }: Limits): boolean {
  const losses = records.map(({ validationLoss }) => validationLoss);
  const lowest = losses.indexOf(Math.min(...losses)) + 1;
  return epochsDone >= epochs || (endAfter !== null && epochsDone > 0 && epochsDone - lowest >= endAfter);
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
  let loop: LoopState | null = isUntouched(start) ? await measureBeginning(options, callbacks, start) : start;
  while (loop !== null && !isOver(loop, options)) {
    loop = await trainEpoch(options, callbacks, loop);
    if (loop !== null) loop = await endEpoch(options, callbacks, loop);
    if (loop !== null && !isOver(loop, options) && (await callbacks.betweenSteps()) === 'stop') return 'stopped';
  }
  return loop === null ? 'stopped' : 'finished';
}

function isUntouched({ beginning, epochsDone, position }: LoopState): boolean {
  return beginning === undefined && epochsDone === 0 && position === 0;
}

/** What the run has to be better than. Null where it was stopped. */
async function measureBeginning(
  options: LoopOptions,
  callbacks: LoopCallbacks,
  loop: LoopState,
): Promise<LoopState | null> {
  const beginning = await measure(options, callbacks, loop, 0);
  if (beginning === null) return null;
  const { validationLoss } = beginning;
  const after: LoopState = { ...loop, beginning, best: { epoch: 0, validationLoss } };
  await callbacks.keepBest(0);
  await callbacks.checkpoint(after);
  callbacks.onBeginning(beginning);
  return after;
}

/** Null where it was stopped. */
async function trainEpoch(options: LoopOptions, callbacks: LoopCallbacks, start: LoopState): Promise<LoopState | null> {
  const { stepper, source, now } = options;
  let loop = start;
  const startedAt = now() - 1000 * loop.seconds;
  for await (const batch of source.training(loop.epochsDone, loop.position)) {
    const { loss } = stepper.train(batch, { learningRate: loop.plateau.learningRate });
    if (!Number.isFinite(loss)) {
      throw diverged(loop, `the loss is no number after ${loop.position} of its films`);
    }
    const position = loop.position + batch.count;
    loop = { ...loop, position, lossSum: loop.lossSum + loss * batch.count, seconds: (now() - startedAt) / 1000 };
    callbacks.onProgress(progressOf(options, loop, 'training', loop.position, options.trainingFilms));
    if (await shouldStop(callbacks, loop)) return null;
  }
  return loop;
}

/** A checkpoint in between where there is to be one. */
async function shouldStop(callbacks: LoopCallbacks, loop: LoopState): Promise<boolean> {
  const next = await callbacks.betweenSteps();
  if (next !== 'continue') await callbacks.checkpoint(loop);
  return next === 'stop';
}

/** Null where it was stopped: all of the epoch's steps are in the checkpoint, its validation begins again. */
async function endEpoch(options: LoopOptions, callbacks: LoopCallbacks, loop: LoopState): Promise<LoopState | null> {
  if (hasDiverged(loop)) throw diverged(loop, `its mean loss is ${(loop.lossSum / loop.position).toPrecision(3)}`);
  const epoch = loop.epochsDone + 1;
  const measured = await measure(options, callbacks, loop, epoch);
  if (measured === null) return null;
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
    ...loop,
    epochsDone: epoch,
    position: 0,
    lossSum: 0,
    seconds: 0,
    plateau: stepPlateau(loop.plateau, measured.validationLoss, options.plateau),
    best: best ? { epoch, validationLoss: measured.validationLoss } : loop.best,
    records: [...loop.records, record],
  };
  if (best) await callbacks.keepBest(epoch);
  await callbacks.checkpoint(after);
  callbacks.onEpoch(record);
  return after;
}

/** Null where it was stopped. */
async function measure(
  options: LoopOptions,
  callbacks: LoopCallbacks,
  loop: LoopState,
  epoch: number,
): Promise<Measured | null> {
  const { stepper, source, validation } = options;
  const probabilities = new Float32Array(validation.labels.length);
  const films = validation.labels.length / validation.findings.length;
  let done = 0;
  for await (const { inputs, count } of source.validation()) {
    probabilities.set(stepper.evaluate(inputs, count), done * validation.findings.length);
    done += count;
    callbacks.onProgress({ ...progressOf(options, loop, 'validation', done, films), epoch });
    if (done < films && (await shouldStop(callbacks, loop))) return null;
  }
  const measured = measureEpoch(probabilities, validation);
  if (!Number.isFinite(measured.validationLoss)) {
    throw diverged(loop, 'the loss of the validation films is no number');
  }
  return measured;
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

/**
 * Times the loss of the weights before the first step that the mean of an epoch may reach: an outlier falls back, and
 * what lies this far above knowing nothing does not.
 */
const MOST_TIMES = 10;

function hasDiverged({ beginning, lossSum, position }: LoopState): boolean {
  return beginning !== undefined && lossSum / position > MOST_TIMES * beginning.validationLoss;
}

function diverged({ epochsDone, best }: LoopState, what: string): AppError {
  const epoch = epochsDone + 1;
  const kept =
    best === null || best.epoch === 0
      ? 'No epoch was better than the weights that the run began with.'
      : `The weights of epoch ${best.epoch} are kept as its model.`;
  return new AppError(
    'training/diverged',
    `The run diverged in epoch ${epoch}: ${what}. ${kept} A lower learning rate may help.`,
    { epoch },
  );
}
