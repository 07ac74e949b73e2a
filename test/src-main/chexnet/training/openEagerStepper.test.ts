/** Training steps on TF.js WASM against PyTorch's in float64 (test/fixtures/training/ORIGIN.md). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as tf from '#main/chexnet/network/tf';
import { openEagerStepper, type EagerStepper } from '#main/chexnet/training/openEagerStepper';
import { openEagerTrunk } from '#main/chexnet/training/openEagerTrunk';
import type { StepperOptions, TrainedPart } from '#main/chexnet/training/stepper';
import { openWasmBackend } from '#main/engine/backends/wasm/openWasmBackend';
import { largestDifference } from '#test/helpers/golden';
import { makeWasmFolder } from '#test/helpers/makeWasmFolder';
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

function start(fixture: Fixture, part: TrainedPart, more: Partial<StepperOptions> = {}): EagerStepper {
  return openEagerStepper(fixture.state, { ...OPTIONS, network: fixture.network, part, ...more });
}

/** Of all tensors, free space between them included; it never shrinks. */
function heapBytes(): number {
  return (tf.backend() as unknown as { readonly wasm: { readonly HEAPU8: Uint8Array } }).wasm.HEAPU8.length;
}

afterAll(() => tf.removeBackend('wasm'));

describe('a training step on WASM', { timeout: 120_000 }, () => {
  let linear: Fixture;

  beforeAll(async () => {
    await openWasmBackend(await makeWasmFolder(), 2, 'training');
    linear = await readFixture('linear', 1);
  }, 60_000);

  it.each([false, true])('has the loss and gradients of PyTorch in float64, recompute %s', (recompute) => {
    const { loss, gradients } = start(linear, 'all', { recompute }).gradients(batchOf(linear));
    expect(loss).toBeCloseTo(linear.tensors.get('all/loss/0')!.data[0]!, 6);
    const { worst, unmatched } = compare(gradients, under(linear.tensors, 'all/gradient'));
    expect(unmatched).toEqual([]);
    expect(worst).toBeLessThan(1e-5);
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
    const trunk = openEagerTrunk(fixture.state.weights, { ...OPTIONS, network: fixture.network, part });
    const stepper = start(fixture, part);
    expectThreeSteps(fixture, stepper, part, trunk.embed(batchOf(fixture).inputs, COUNT));
    trunk.dispose();
    const moved = [...stepper.save().weights].filter(
      ([name, { data }]) => largestDifference(data, before.get(name)!) !== 0,
    );
    const learns = { tail: /denseblock2|norm5|classifier/, head: /classifier/ }[part];
    expect(moved.map(([name]) => name)).toEqual([...before.keys()].filter((name) => learns.test(name)));
  });

  it('has the gradients of all layers below a dense head, with three channels', async () => {
    const fixture = await readFixture('dense1024', 3);
    const { gradients } = start(fixture, 'all').gradients(batchOf(fixture));
    const { worst, unmatched } = compare(gradients, under(fixture.tensors, 'all/gradient'));
    expect(unmatched).toEqual([]);
    expect(worst).toBeLessThan(1e-5);
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

  it('has the gradients of DenseNet-121 nearer to float64 than PyTorch in float32', async () => {
    const difference = await compareDenseNet121((fixture, batch) =>
      start(fixture, 'all', { recompute: true }).gradients(batch),
    );
    expect(difference).toBeLessThan(PYTORCH_DIFFERENCE);
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

  it('keeps no tensor and no memory over 200 steps', () => {
    const stepper = start(linear, 'all', { microBatch: 4, recompute: true });
    const batch = batchOf(linear);
    for (let step = 0; step < 20; step++) stepper.train(batch, { learningRate: LEARNING_RATE });
    const before = { ...tf.memory(), heap: heapBytes() };
    for (let step = 0; step < 200; step++) stepper.train(batch, { learningRate: LEARNING_RATE });
    stepper.evaluate(batch.inputs, COUNT);
    expect({ ...tf.memory(), heap: heapBytes() }).toEqual(before);
  });

  it('says so where numbers are not finite any more', () => {
    const batch = batchOf(linear);
    const broken = { ...batch, inputs: batch.inputs.map((value, i) => (i === 7 ? NaN : value)) };
    expect(start(linear, 'all').train(broken, { learningRate: LEARNING_RATE }).loss).toBeNaN();
    const diverged = start(linear, 'all');
    diverged.train(batch, { learningRate: 1e38 });
    expect(diverged.train(batch, { learningRate: LEARNING_RATE }).loss).toBeNaN();
  });
});
