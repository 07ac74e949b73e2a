/** What every way of computing a training step has to do, against PyTorch's in float64. */
import { beforeAll, expect, it } from 'vitest';
import type { Weights } from '#main/chexnet/network/weights';
import type { Stepper, StepperOptions, TrainedPart, TrainingBatch, Trunk } from '#main/chexnet/training/stepper';
import { largestDifference } from '#test/helpers/golden';
import { randomNumbers } from '#test/helpers/randomNumbers';
import {
  batchOf,
  compare,
  compareDenseNet121,
  COUNT,
  expectThreeSteps,
  LEARNING_RATE,
  OPTIONS,
  PYTORCH_DIFFERENCE,
  readFixture,
  under,
  type Fixture,
} from './stepFixtures';

export type TestedStepper = Stepper & {
  gradients(batch: TrainingBatch): { readonly loss: number; readonly gradients: Weights };
};

export type TestedBackend = {
  readonly start: (fixture: Fixture, part: TrainedPart, more?: Partial<StepperOptions>) => TestedStepper;
  readonly openTrunk: (fixture: Fixture, part: 'tail' | 'head') => Trunk;
  /** The activations of DenseNet-121 are computed again on the way back: they take gigabytes. */
  readonly recomputesDenseNet121: boolean;
};

/** Inside a `describe`. */
export function itStepsAsPytorch({ start, openTrunk, recomputesDenseNet121 }: TestedBackend): void {
  let linear: Fixture;

  beforeAll(async () => {
    linear = await readFixture('linear', 1);
  });

  it.each([false, true])('has the loss and gradients of PyTorch in float64, recompute %s', (recompute) => {
    const { loss, gradients } = start(linear, 'all', { recompute }).gradients(batchOf(linear));
    expect(loss).toBeCloseTo(linear.tensors.get('all/loss/0')!.data[0]!, 6);
    expectGradients(linear, gradients);
  });

  it('has the gradients of all layers below a dense head, with three channels', async () => {
    const fixture = await readFixture('dense1024', 3);
    expectGradients(fixture, start(fixture, 'all').gradients(batchOf(fixture)).gradients);
  });

  it('has the gradients of DenseNet-121 nearer to float64 than PyTorch in float32', async () => {
    const options = { recompute: recomputesDenseNet121 };
    const difference = await compareDenseNet121((fixture, batch) => start(fixture, 'all', options).gradients(batch));
    expect(difference).toBeLessThan(PYTORCH_DIFFERENCE);
  });

  it('is where PyTorch is after three steps of Adam: weights, running statistics, moments, losses', () => {
    expectThreeSteps(linear, start(linear, 'all'), 'all', batchOf(linear).inputs);
  });

  it('adds the gradients of the pieces of a batch up as PyTorch does, each with its own statistics', () => {
    expectThreeSteps(linear, start(linear, 'all', { microBatch: 3 }), 'pieces', batchOf(linear).inputs);
  });

  it.each([
    { part: 'tail', head: 'linear', channels: 1 },
    { part: 'head', head: 'linear', channels: 1 },
    { part: 'head', head: 'dense1024', channels: 3 },
  ] as const)('trains the $part of a network with a $head head, and moves nothing before it', async (example) => {
    const { part, head, channels } = example;
    const fixture = await readFixture(head, channels);
    const before = new Map([...fixture.state.weights].map(([name, { data }]) => [name, data.slice()]));
    const trunk = openTrunk(fixture, part);
    const stepper = start(fixture, part);
    expectThreeSteps(fixture, stepper, part, trunk.embed(batchOf(fixture).inputs, COUNT));
    trunk.dispose();
    const moved = [...stepper.save().weights].filter(
      ([name, { data }]) => largestDifference(data, before.get(name)!) !== 0,
    );
    const learns = { tail: /denseblock2|norm5|classifier/, head: /classifier/ }[part];
    expect(moved.map(([name]) => name)).toEqual([...before.keys()].filter((name) => learns.test(name)));
  });

  it('ends on the same bits when it is stopped, saved and loaded in between', () => {
    const batch = batchOf(linear);
    const straight = start(linear, 'all');
    for (let step = 0; step < 6; step++) straight.train(batch, { learningRate: LEARNING_RATE });
    const before = start(linear, 'all');
    for (let step = 0; step < 3; step++) before.train(batch, { learningRate: LEARNING_RATE });
    const after = start({ ...linear, state: before.save() }, 'all');
    for (let step = 0; step < 3; step++) after.train(batch, { learningRate: LEARNING_RATE });
    expect(after.save()).toEqual(straight.save());
  });

  it('learns 32 films by heart', () => {
    const random = randomNumbers(3);
    const batch = {
      count: 32,
      inputs: Float32Array.from({ length: 32 * 32 * 32 }, () => random() * 2 - 1),
      labels: Float32Array.from({ length: 32 * 3 }, () => (random() < 0.5 ? 1 : 0)),
      weights: new Float32Array(32 * 3).fill(1),
    };
    const stepper = start(linear, 'all', { adam: { ...OPTIONS.adam, epsilon: 1e-8 } });
    const losses = Array.from({ length: 200 }, () => stepper.train(batch, { learningRate: 1e-2 }).loss);
    expect(losses[0]).toBeGreaterThan(0.5);
    expect(losses.at(-1)).toBeLessThan(0.05);
  });

  it('says so where numbers are not finite any more', () => {
    const batch = batchOf(linear);
    const broken = { ...batch, inputs: batch.inputs.map((value, i) => (i === 7 ? NaN : value)) };
    expect(start(linear, 'all').train(broken, { learningRate: LEARNING_RATE }).loss).toBeNaN();
    const diverged = start(linear, 'all');
    diverged.train(batch, { learningRate: 1e38 });
    expect(diverged.train(batch, { learningRate: LEARNING_RATE }).loss).toBeNaN();
  });
}

function expectGradients(fixture: Fixture, gradients: Weights): void {
  const { worst, unmatched } = compare(gradients, under(fixture.tensors, 'all/gradient'));
  expect(unmatched).toEqual([]);
  expect(worst).toBeLessThan(1e-5);
}
