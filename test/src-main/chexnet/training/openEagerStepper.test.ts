/** Training steps on TF.js WASM against PyTorch's in float64 (test/fixtures/training/ORIGIN.md). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as tf from '#main/chexnet/network/tf';
import { openEagerStepper, type EagerStepper } from '#main/chexnet/training/openEagerStepper';
import { openEagerTrunk } from '#main/chexnet/training/openEagerTrunk';
import type { StepperOptions, TrainedPart } from '#main/chexnet/training/stepper';
import { openWasmBackend } from '#main/engine/backends/wasm/openWasmBackend';
import { makeWasmFolder } from '#test/helpers/makeWasmFolder';
import { batchOf, COUNT, LEARNING_RATE, OPTIONS, readFixture, type Fixture } from './stepFixtures';
import { itStepsAsPytorch } from './stepperCases';

function start(fixture: Fixture, part: TrainedPart, more: Partial<StepperOptions> = {}): EagerStepper {
  return openEagerStepper(fixture.state, { ...OPTIONS, network: fixture.network, part, ...more });
}

/** Of all tensors, free space between them included; it never shrinks. */
function heapBytes(): number {
  return (tf.backend() as unknown as { readonly wasm: { readonly HEAPU8: Uint8Array } }).wasm.HEAPU8.length;
}

afterAll(() => tf.removeBackend('wasm'));

describe('a training step on WASM', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    await openWasmBackend(await makeWasmFolder(), 2, 'training');
  }, 60_000);

  itStepsAsPytorch({
    start,
    openTrunk: ({ state, network }, part) => openEagerTrunk(state.weights, { ...OPTIONS, network, part }),
    recomputesDenseNet121: true,
  });

  it('keeps no tensor and no memory over 200 steps', async () => {
    const linear = await readFixture('linear', 1);
    const stepper = start(linear, 'all', { microBatch: 4, recompute: true });
    const batch = batchOf(linear);
    for (let step = 0; step < 20; step++) stepper.train(batch, { learningRate: LEARNING_RATE });
    const before = { ...tf.memory(), heap: heapBytes() };
    for (let step = 0; step < 200; step++) stepper.train(batch, { learningRate: LEARNING_RATE });
    stepper.evaluate(batch.inputs, COUNT);
    expect({ ...tf.memory(), heap: heapBytes() }).toEqual(before);
  });
});
