/** A training step on native TensorFlow against PyTorch's in float64 (test/fixtures/training/ORIGIN.md). */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readSafetensors } from '#main/chexnet/formats/safetensors';
import { describeDenseNet, type DenseNet } from '#main/chexnet/network/densenet121';
import type { Tensor, Weights } from '#main/chexnet/network/weights';
import type { StepperOptions, TrainedPart, TrainingBatch, TrainingState } from '#main/chexnet/training/stepper';
import { loadBinding, type TensorflowBinding } from '#main/engine/backends/tensorflow/binding';
import { openTrainingGraph, type TrainingGraph } from '#main/engine/backends/tensorflow/openTrainingGraph';
import { openTrunk } from '#main/engine/backends/tensorflow/openTrunk';
import { buildProcess } from '#test/helpers/buildProcess';
import { DEMO_WEIGHTS, largestDifference, readGoldenFilms } from '#test/helpers/golden';
import { findNativeAddon } from '#test/helpers/nativePack';
import { randomNumbers } from '#test/helpers/randomNumbers';
import { ROOT } from '../../../../../scripts/bundle.mjs';

const addon = await findNativeAddon(await buildProcess('engine'));

const SMALL = { blocks: [3, 2], growth: 4, bottleneck: 2, initial: 8, compression: 0.5 };
/** Numbers that the fixtures keep of a tensor. */
const KEPT = 2048;
const COUNT = 6;
const LEARNING_RATE = 1e-3;

const OPTIONS = {
  batchNormEpsilon: 1e-5,
  batchNormMomentum: 0.1,
  adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-4 },
  recompute: false,
  microBatch: null,
};

type Fixture = { readonly network: DenseNet; readonly tensors: Weights; readonly state: TrainingState };

async function readTensors(name: string): Promise<Weights> {
  return readSafetensors(await readFile(join(ROOT, 'test', 'fixtures', 'training', `step-${name}.safetensors`)))
    .weights;
}

function begin(weights: Weights): TrainingState {
  return { weights, moments: { first: new Map(), second: new Map() }, step: 0 };
}

async function readFixture(head: 'linear' | 'dense1024', inputChannels: number): Promise<Fixture> {
  const tensors = await readTensors(head);
  const state = begin(under(tensors, 'before'));
  return { network: describeDenseNet({ inputChannels, findings: 3, head }, SMALL), tensors, state };
}

function under(tensors: Weights, prefix: string): Map<string, Tensor> {
  const inside = [...tensors].filter(([name]) => name.startsWith(`${prefix}/`));
  return new Map(inside.map(([name, tensor]) => [name.slice(prefix.length + 1), tensor]));
}

function batchOf({ tensors }: Fixture): TrainingBatch {
  const [inputs, labels, weights] = ['films', 'labels', 'weights'].map((name) => tensors.get(name)!.data);
  return { count: COUNT, inputs: inputs!, labels: labels!, weights: weights! };
}

/** As the fixtures keep it. */
function spread(data: Float32Array, most: number): Float32Array {
  const stride = Math.max(1, Math.ceil(data.length / most));
  return data.filter((_, i) => i % stride === 0);
}

function norm(values: ArrayLike<number>): number {
  return Math.sqrt(Array.from(values, (value) => value ** 2).reduce((a, b) => a + b, 0));
}

/**
 * The largest ‖a − b‖ / ‖b‖ of any tensor. One that is next to nothing (the first norm's gradients: the norms behind it
 * undo what they would change) is measured by a hundredth of all.
 */
function compare(
  found: Weights,
  expected: Weights,
  kept = KEPT,
): { readonly worst: number; readonly unmatched: string[] } {
  const unmatched = [...new Set([...found.keys(), ...expected.keys()])].filter(
    (name) => !found.has(name) || !expected.has(name),
  );
  const floor = norm([...expected.values()].map(({ data }) => norm(data))) / 100;
  const each = [...expected].map(([name, { data }]) => {
    const mine = spread(found.get(name)!.data, kept);
    return mine.length === data.length
      ? norm(mine.map((value, i) => value - data[i]!)) / Math.max(norm(data), floor)
      : NaN;
  });
  return { worst: each.reduce((a, b) => (b <= a ? a : b), 0), unmatched };
}

/** Normalised golden films of three equal channels, in the order of their names. */
async function goldenBatch(count: number): Promise<Float32Array> {
  const films = (await readGoldenFilms()).toSorted((a, b) => (a.name < b.name ? -1 : 1)).slice(0, count);
  const [means, deviations] = [
    [0.485, 0.456, 0.406],
    [0.229, 0.224, 0.225],
  ];
  const numbers = films.flatMap(({ input }) =>
    Array.from(input, (grey) => means.map((mean, channel) => (grey / 255 - mean) / deviations[channel]!)),
  );
  return Float32Array.from(numbers.flat());
}

describe.skipIf(addon === null)('a training step on native TensorFlow', { timeout: 120_000 }, () => {
  let binding: TensorflowBinding;
  let linear: Fixture;
  let open: TrainingGraph[] = [];

  function start(fixture: Fixture, part: TrainedPart, more: Partial<StepperOptions> = {}): TrainingGraph {
    const graph = openTrainingGraph(binding, fixture.state, { ...OPTIONS, network: fixture.network, part, ...more });
    open.push(graph);
    return graph;
  }

  beforeAll(async () => {
    binding = loadBinding(addon!, 2);
    linear = await readFixture('linear', 1);
  });

  afterEach(() => {
    for (const graph of open) graph.dispose();
    open = [];
    expect(binding.getNumOfTensors()).toBe(0);
  });

  it.each([false, true])('has the loss and gradients of PyTorch in float64, recompute %s', (recompute) => {
    const { loss, gradients } = start(linear, 'all', { recompute }).gradients(batchOf(linear));
    expect(loss).toBeCloseTo(linear.tensors.get('all/loss/0')!.data[0]!, 6);
    const { worst, unmatched } = compare(gradients, under(linear.tensors, 'all/gradient'));
    expect(unmatched).toEqual([]);
    expect(worst).toBeLessThan(1e-5);
  });

  /** `name` in the fixture; what a head or a tail takes in place of films comes from `inputs`. */
  function trainThree(fixture: Fixture, graph: TrainingGraph, name: string, inputs: Float32Array): void {
    const batch = { ...batchOf(fixture), inputs };
    const expected = under(fixture.tensors, name);
    const results = [0, 1, 2].map(() => graph.train(batch, { learningRate: LEARNING_RATE }));
    const { weights, moments, step } = graph.save();
    expect(step).toBe(3);
    results.forEach(({ loss }, i) => expect(loss).toBeCloseTo(expected.get(`loss/${i}`)!.data[0]!, 5));
    expect(compare(weights, under(expected, 'after')).worst).toBeLessThan(2e-5);
    expect(compare(moments.first, under(expected, 'first')).worst).toBeLessThan(2e-5);
    expect(compare(moments.second, under(expected, 'second')).worst).toBeLessThan(2e-5);
    expect(largestDifference(graph.evaluate(inputs, COUNT), expected.get('judged')!.data)).toBeLessThan(1e-5);
    expect(largestDifference(results[0]!.probabilities, expected.get('probabilities')!.data)).toBeLessThan(1e-6);
  }

  it('is where PyTorch is after three steps of Adam: weights, running statistics, moments, losses', () => {
    trainThree(linear, start(linear, 'all'), 'all', batchOf(linear).inputs);
  });

  it('adds the gradients of the pieces of a batch up as PyTorch does, each with its own statistics', () => {
    trainThree(linear, start(linear, 'all', { microBatch: 3 }), 'pieces', batchOf(linear).inputs);
  });

  it.each([
    { part: 'tail', head: 'linear', channels: 1 },
    { part: 'head', head: 'linear', channels: 1 },
    { part: 'head', head: 'dense1024', channels: 3 },
  ] as const)('trains the $part of a network with a $head head, and moves nothing before it', async (example) => {
    const { part, head, channels } = example;
    const fixture = await readFixture(head, channels);
    const before = new Map([...fixture.state.weights].map(([name, { data }]) => [name, data.slice()]));
    const trunk = openTrunk(binding, fixture.state.weights, { ...OPTIONS, network: fixture.network, part });
    const graph = start(fixture, part);
    trainThree(fixture, graph, part, trunk.embed(batchOf(fixture).inputs, COUNT));
    trunk.dispose();
    const moved = [...graph.save().weights].filter(
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

  it('has the gradients of DenseNet-121 nearer to float64 than PyTorch in float32', async () => {
    const tensors = await readTensors('densenet121');
    const { weights } = readSafetensors(await readFile(DEMO_WEIGHTS));
    const network = describeDenseNet({ inputChannels: 3, findings: 14, head: 'linear' });
    const graph = start({ network, tensors, state: begin(weights) }, 'all');
    const [labels, labelWeights] = [tensors.get('labels')!.data, tensors.get('weights')!.data];
    const { loss, gradients } = graph.gradients({
      count: 8,
      inputs: await goldenBatch(8),
      labels,
      weights: labelWeights,
    });
    expect(loss).toBeCloseTo(tensors.get('all/loss/0')!.data[0]!, 6);
    const expected = under(tensors, 'all/gradient');
    expect(compare(gradients, expected, 48).unmatched).toEqual([]);
    const [found, exact] = [...expected].reduce(
      ([mine, theirs], [name, { data }]) => [
        [...mine, ...spread(gradients.get(name)!.data, 48)],
        [...theirs, ...data],
      ],
      [[], []] as [number[], number[]],
    );
    // PyTorch 1.13's own float32: 2.4e-4 (the file's metadata).
    expect(norm(found.map((value, i) => value - exact[i]!)) / norm(exact)).toBeLessThan(2.4e-4);
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
    const count = 32;
    const random = randomNumbers(3);
    const batch = {
      count,
      inputs: Float32Array.from({ length: count * 32 * 32 }, () => random() * 2 - 1),
      labels: Float32Array.from({ length: count * 3 }, () => (random() < 0.5 ? 1 : 0)),
      weights: new Float32Array(count * 3).fill(1),
    };
    const graph = start(linear, 'all', { adam: { ...OPTIONS.adam, epsilon: 1e-8 } });
    const losses = Array.from({ length: 200 }, () => graph.train(batch, { learningRate: 1e-2 }).loss);
    expect(losses[0]).toBeGreaterThan(0.5);
    expect(losses.at(-1)).toBeLessThan(0.05);
  });

  it('keeps no tensor and no memory over 200 steps', () => {
    const graph = start(linear, 'all', { microBatch: 4 });
    const batch = batchOf(linear);
    for (let step = 0; step < 20; step++) graph.train(batch, { learningRate: LEARNING_RATE });
    const before = process.memoryUsage.rss();
    for (let step = 0; step < 200; step++) graph.train(batch, { learningRate: LEARNING_RATE });
    expect(binding.getNumOfTensors()).toBe(0);
    // A film batch of this size, kept once a step, would be 5 MB; the tensors of a pass 60 MB.
    expect(process.memoryUsage.rss() - before).toBeLessThan(30e6);
  });

  it('says so where numbers are not finite any more', () => {
    const graph = start(linear, 'all');
    const batch = batchOf(linear);
    const broken = { ...batch, inputs: batch.inputs.map((value, i) => (i === 7 ? NaN : value)) };
    expect(graph.train(broken, { learningRate: LEARNING_RATE }).loss).toBeNaN();
    const diverged = start(linear, 'all');
    diverged.train(batch, { learningRate: 1e38 });
    expect(diverged.train(batch, { learningRate: LEARNING_RATE }).loss).toBeNaN();
  });
});
