/** A training step on native TensorFlow against PyTorch's in float64 (test/fixtures/training/ORIGIN.md). */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { StepperOptions, TrainedPart } from '#main/chexnet/training/stepper';
import { loadBinding, type TensorflowBinding } from '#main/engine/backends/tensorflow/binding';
import { openTrainingGraph, type TrainingGraph } from '#main/engine/backends/tensorflow/openTrainingGraph';
import { openTrunk } from '#main/engine/backends/tensorflow/openTrunk';
import { buildProcess } from '#test/helpers/buildProcess';
import { findNativeAddon } from '#test/helpers/nativePack';
import { batchOf, LEARNING_RATE, OPTIONS, readFixture, type Fixture } from '../../../chexnet/training/stepFixtures';
import { itStepsAsPytorch } from '../../../chexnet/training/stepperCases';

const addon = await findNativeAddon(await buildProcess('engine'));

describe.skipIf(addon === null)('a training step on native TensorFlow', { timeout: 120_000 }, () => {
  let binding: TensorflowBinding;
  let open: TrainingGraph[] = [];

  function start(fixture: Fixture, part: TrainedPart, more: Partial<StepperOptions> = {}): TrainingGraph {
    const graph = openTrainingGraph(binding, fixture.state, { ...OPTIONS, network: fixture.network, part, ...more });
    open.push(graph);
    return graph;
  }

  beforeAll(() => {
    binding = loadBinding(addon!, 2);
  });

  afterEach(() => {
    for (const graph of open) graph.dispose();
    open = [];
    expect(binding.getNumOfTensors()).toBe(0);
  });

  itStepsAsPytorch({
    start,
    openTrunk: ({ state, network }, part) => openTrunk(binding, state.weights, { ...OPTIONS, network, part }),
    recomputesDenseNet121: false,
  });

  it('keeps no tensor and no memory over 200 steps', async () => {
    const linear = await readFixture('linear', 1);
    const graph = start(linear, 'all', { microBatch: 4 });
    const batch = batchOf(linear);
    for (let step = 0; step < 20; step++) graph.train(batch, { learningRate: LEARNING_RATE });
    const before = process.memoryUsage.rss();
    for (let step = 0; step < 200; step++) graph.train(batch, { learningRate: LEARNING_RATE });
    expect(binding.getNumOfTensors()).toBe(0);
    // A film batch of this size, kept once a step, would be 5 MB; the tensors of a pass 60 MB.
    expect(process.memoryUsage.rss() - before).toBeLessThan(30e6);
  });
});
