import { describe, expect, it } from 'vitest';
import { describeDenseNet } from '#main/chexnet/network/densenet121';
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint, type LoopState } from '#main/chexnet/training/checkpoint';
import { filmOrder } from '#main/chexnet/training/filmOrder';
import { randomWeights, startState } from '#main/chexnet/training/initialWeights';
import { openHeadStepper } from '#main/chexnet/training/openHeadStepper';
import { RECIPES } from '#main/chexnet/training/recipes';
import type { Stepper, StepperOptions, TrainingState } from '#main/chexnet/training/stepper';
import {
  startLoop,
  trainEpochs,
  type BatchSource,
  type LoopCallbacks,
  type LoopOptions,
} from '#main/chexnet/training/trainEpochs';
import { sines } from './reference';

const [FILMS, FEATURES, BATCH] = [70, 6, 16];
const FEATURES_OF_FILMS = sines(FILMS * FEATURES, 0.7, 1);
/** One finding shows in the first feature, the other is noise; the last film's are unknown. */
const LABELS = Int8Array.from({ length: FILMS * 2 }, (_, index) => {
  const film = Math.floor(index / 2);
  if (film === FILMS - 1) return -1;
  return index % 2 === 0 ? Number(FEATURES_OF_FILMS[film * FEATURES]! > 0) : Number(Math.sin(film * film) > 0);
});

const { adam, plateau, batchNormMomentum } = RECIPES.head.values;
const STEPPER: StepperOptions = {
  network: describeDenseNet(
    { inputChannels: 1, findings: 2, head: 'linear' },
    { blocks: [1], growth: 2, bottleneck: 1, initial: 4, compression: 1 },
  ),
  batchNormEpsilon: 1e-5,
  batchNormMomentum,
  part: 'head',
  adam,
  recompute: false,
  microBatch: null,
};
const WEIGHTS = Float32Array.from(LABELS, (label) => (label === -1 ? 0 : 1));

/** In order, as an iterable that answers later. */
async function* later<Value>(values: readonly Value[]): AsyncIterable<Value> {
  for (const value of values) yield await Promise.resolve(value);
}

function batchOf(films: readonly number[]) {
  const pick = (from: ArrayLike<number>, size: number): Float32Array =>
    Float32Array.from(films.flatMap((film) => Array.from({ length: size }, (_, i) => from[film * size + i]!)));
  return {
    count: films.length,
    inputs: pick(FEATURES_OF_FILMS, FEATURES),
    labels: pick(LABELS, 2),
    weights: pick(WEIGHTS, 2),
  };
}

const VALIDATION = [0, 20, 40].map((from) =>
  batchOf([...Array(FILMS).keys()].slice(from, from === 40 ? FILMS : from + 20)),
);

const SOURCE: BatchSource = {
  training: (epoch, from) => {
    const order = [...filmOrder(FILMS, 1, epoch)].slice(from);
    return later(
      Array.from({ length: Math.ceil(order.length / BATCH) }, (_, i) =>
        batchOf(order.slice(i * BATCH, (i + 1) * BATCH)),
      ),
    );
  },
  validation: () => later(VALIDATION),
};

function optionsOf(stepper: Stepper): LoopOptions {
  const validation = { findings: ['Shown', 'Noise'], labels: LABELS, weights: WEIGHTS };
  let time = 0;
  const now = (): number => (time += 10);
  return { stepper, source: SOURCE, trainingFilms: FILMS, validation, epochs: 3, endAfter: null, plateau, now };
}

type Trained = { outcome: string; state: TrainingState; loop: LoopState; best: number[] };

/** Trains until the run ends, or is stopped after so many steps. */
async function train(
  from: Checkpoint,
  { stopAfter = Number.POSITIVE_INFINITY, ...more }: Partial<LoopOptions> & { readonly stopAfter?: number } = {},
): Promise<Trained> {
  const stepper = openHeadStepper(from.state, STEPPER);
  let [steps, loop] = [0, from.loop];
  const best: number[] = [];
  const callbacks: LoopCallbacks = {
    onProgress: () => undefined,
    betweenSteps: () => Promise.resolve(++steps >= stopAfter ? 'stop' : 'continue'),
    keepBest: (epoch) => Promise.resolve(void best.push(epoch)),
    checkpoint: (now) => Promise.resolve(void (loop = now)),
    onBeginning: () => undefined,
    onEpoch: () => undefined,
  };
  const outcome = await trainEpochs({ ...optionsOf(stepper), ...more }, callbacks, from.loop);
  return { outcome, state: stepper.save(), loop, best };
}

function begin(learningRate = 0.05): Checkpoint {
  return { state: startState(randomWeights(STEPPER.network, 5)), loop: startLoop(learningRate) };
}

describe('trainEpochs', () => {
  it('learns, and measures each epoch by its validation', async () => {
    const { outcome, loop, best } = await train(begin());
    const [first, , third] = loop.records;
    expect(outcome).toBe('finished');
    expect(loop.records.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(third!.validationLoss).toBeLessThan(first!.validationLoss);
    expect(third!.auroc['Shown']).toBeGreaterThan(0.95);
    expect(best).toEqual([0, ...loop.records.filter((record) => record.best).map(({ epoch }) => epoch)]);
  });

  it('keeps the weights that it began with where every epoch is worse', async () => {
    const learned = await train(begin());
    const { loop, best } = await train({ state: learned.state, loop: startLoop(-0.01) });
    expect(loop.beginning?.validationLoss).toBe(learned.loop.records.at(-1)?.validationLoss);
    expect(loop.records.map((record) => record.best)).toEqual([false, false, false]);
    expect({ best, kept: loop.best?.epoch }).toEqual({ best: [0], kept: 0 });
  });

  it.each([1, 2, 4, 9, 10, 21])(
    'ends with the same weights when it was stopped after %i batches',
    async (stopAfter) => {
      const whole = await train(begin());
      const part = await train(begin(), { stopAfter });
      expect(part.outcome).toBe('stopped');
      const again = await train(decodeCheckpoint(encodeCheckpoint({ state: part.state, loop: part.loop })));
      expect(again.state).toEqual(whole.state);
      const results = (loop: LoopState): unknown[] =>
        loop.records.map(({ validationLoss, trainingLoss }) => ({ validationLoss, trainingLoss }));
      expect(results(again.loop)).toEqual(results(whole.loop));
    },
  );

  it('ends early where the validation loss does not fall any more', async () => {
    const { state, loop } = begin();
    const frozen = { ...loop, plateau: { ...loop.plateau, learningRate: 0 } };
    const ended = await train({ state, loop: frozen }, { epochs: 100, endAfter: 4 });
    expect(ended.loop.epochsDone).toBe(5);
  });

  it('gives a rate that leaves good weights behind the time to come back', async () => {
    const learned = await train(begin());
    const from = { state: learned.state, loop: startLoop(3) };
    const { loop } = await train(from, { epochs: 8, endAfter: 3, plateau: { ...plateau, factor: 0.5 } });
    const losses = loop.records.map(({ validationLoss }) => validationLoss);
    expect(losses[0]).toBeGreaterThan(loop.beginning!.validationLoss);
    expect(loop.epochsDone - (losses.indexOf(Math.min(...losses)) + 1)).toBeLessThanOrEqual(3);
    expect(loop.epochsDone).toBeGreaterThan(3);
  });

  it('stops where an epoch is far worse than knowing nothing, and says what is kept', async () => {
    const { message } = await train(begin(1e4)).then(
      () => ({ message: 'finished' }),
      (error: Error) => error,
    );
    expect(message).toMatch(/diverged in epoch 1: its mean loss is .* No epoch was better/);
  });

  it('stops with a code where the loss is no number any more, and writes no checkpoint of it', async () => {
    const { state, loop } = begin();
    const bias = { shape: [2], data: Float32Array.of(Number.NaN, 0) };
    const broken = { ...state, weights: new Map([...state.weights, ['classifier.bias', bias]]) };
    await expect(train({ state: broken, loop })).rejects.toMatchObject({ code: 'training/diverged' });
  });
});
