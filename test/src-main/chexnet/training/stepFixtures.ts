/** Networks and batches whose steps PyTorch computed in float64 (test/fixtures/training/ORIGIN.md), and how to compare. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { readSafetensors } from '#main/chexnet/formats/safetensors';
import { describeDenseNet, type DenseNet } from '#main/chexnet/network/densenet121';
import type { Tensor, Weights } from '#main/chexnet/network/weights';
import type { Stepper, TrainingBatch, TrainingState } from '#main/chexnet/training/stepper';
import { DEMO_WEIGHTS, largestDifference, readGoldenFilms } from '#test/helpers/golden';
import { ROOT } from '../../../../scripts/bundle.mjs';

const SMALL = { blocks: [3, 2], growth: 4, bottleneck: 2, initial: 8, compression: 0.5 };
/** Numbers that the fixtures keep of a tensor. */
const KEPT = 2048;
export const COUNT = 6;
export const LEARNING_RATE = 1e-3;

export const OPTIONS = {
  batchNormEpsilon: 1e-5,
  batchNormMomentum: 0.1,
  adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-4 },
  recompute: false,
  microBatch: null,
};

export type Fixture = { readonly network: DenseNet; readonly tensors: Weights; readonly state: TrainingState };

async function readTensors(name: string): Promise<Weights> {
  return readSafetensors(await readFile(join(ROOT, 'test', 'fixtures', 'training', `step-${name}.safetensors`)))
    .weights;
}

function begin(weights: Weights): TrainingState {
  return { weights, moments: { first: new Map(), second: new Map() }, step: 0 };
}

export async function readFixture(head: 'linear' | 'dense1024', inputChannels: number): Promise<Fixture> {
  const tensors = await readTensors(head);
  const state = begin(under(tensors, 'before'));
  return { network: describeDenseNet({ inputChannels, findings: 3, head }, SMALL), tensors, state };
}

export function under(tensors: Weights, prefix: string): Map<string, Tensor> {
  const inside = [...tensors].filter(([name]) => name.startsWith(`${prefix}/`));
  return new Map(inside.map(([name, tensor]) => [name.slice(prefix.length + 1), tensor]));
}

export function batchOf({ tensors }: Fixture): TrainingBatch {
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
export function compare(
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

/** `name` in the fixture; what a head or a tail takes in place of films comes from `inputs`. */
export function expectThreeSteps(fixture: Fixture, stepper: Stepper, name: string, inputs: Float32Array): void {
  const batch = { ...batchOf(fixture), inputs };
  const expected = under(fixture.tensors, name);
  const results = [0, 1, 2].map(() => stepper.train(batch, { learningRate: LEARNING_RATE }));
  const { weights, moments, step } = stepper.save();
  expect(step).toBe(3);
  results.forEach(({ loss }, i) => expect(loss).toBeCloseTo(expected.get(`loss/${i}`)!.data[0]!, 5));
  expect(compare(weights, under(expected, 'after')).worst).toBeLessThan(2e-5);
  expect(compare(moments.first, under(expected, 'first')).worst).toBeLessThan(2e-5);
  expect(compare(moments.second, under(expected, 'second')).worst).toBeLessThan(2e-5);
  expect(largestDifference(stepper.evaluate(inputs, COUNT), expected.get('judged')!.data)).toBeLessThan(1e-5);
  expect(largestDifference(results[0]!.probabilities, expected.get('probabilities')!.data)).toBeLessThan(1e-6);
}

/** DenseNet-121 with the demonstration's weights on eight golden films: ‖gradients − those in float64‖ / ‖those‖. */
export async function compareDenseNet121(
  findGradients: (fixture: Fixture, batch: TrainingBatch) => { readonly loss: number; readonly gradients: Weights },
): Promise<number> {
  const tensors = await readTensors('densenet121');
  const { weights } = readSafetensors(await readFile(DEMO_WEIGHTS));
  const network = describeDenseNet({ inputChannels: 3, findings: 14, head: 'linear' });
  const [labels, labelWeights] = [tensors.get('labels')!.data, tensors.get('weights')!.data];
  const batch = { count: 8, inputs: await goldenBatch(8), labels, weights: labelWeights };
  const { loss, gradients } = findGradients({ network, tensors, state: begin(weights) }, batch);
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
  return norm(found.map((value, i) => value - exact[i]!)) / norm(exact);
}

/** The same of PyTorch 1.13's own float32 (the metadata of the file). */
export const PYTORCH_DIFFERENCE = 2.4e-4;
