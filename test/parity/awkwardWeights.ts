/**
 * The weights of test/fixtures/make/makeAwkward.py, drawn once more, number for number: no weights are stored. The
 * arithmetic is double's, in the order of that script; what it means stands there.
 */
import { createHash } from 'node:crypto';
import { createRandom } from '#main/chexnet/training/philox';
import { listParameters, type DenseNet } from '#main/chexnet/network/densenet121';
import type { Tensor, Weights } from '#main/chexnet/network/weights';

type Kind = Readonly<Record<'running_var' | 'running_mean' | 'weight', (value: number) => number>>;

const ORDINARY: Kind = { running_var: (u) => u + 0.5, running_mean: (s) => s / 4, weight: (s) => 1 + s / 2 };

/** By channel modulo 8. */
const KINDS: readonly Kind[] = [
  { running_var: () => 0, running_mean: (s) => s / 4, weight: (s) => s / 1024 },
  { running_var: (u) => u / 2 ** 33, running_mean: (s) => s / 4, weight: (s) => s / 1024 },
  { running_var: (u) => (u + 0.5) * 2 ** 20, running_mean: (s) => s * 64, weight: (s) => s * 1024 },
  { running_var: (u) => u + 0.5, running_mean: (s) => s * 64, weight: (s) => s },
  { running_var: (u) => u + 0.5, running_mean: (s) => s / 4, weight: (s) => -1 - s / 2 },
  ...[ORDINARY, ORDINARY, ORDINARY],
];

const GAINS: Readonly<Record<string, number>> = { classifier: 96, 'classifier.0': 24, 'classifier.2': 24 };

export function awkwardWeights(network: DenseNet, seed: number, epsilon: number): Weights {
  const shapes = new Map(listParameters(network).map(({ name, shape }) => [name, shape]));
  const places = new Map([...shapes.keys()].sort().map((name, place) => [name, place]));
  const weights = new Map<string, Tensor>();
  for (const [name, shape] of shapes) {
    const [layer, part] = [name.slice(0, name.lastIndexOf('.')), name.slice(name.lastIndexOf('.') + 1)];
    const data = new Float32Array(shape.reduce((product, length) => product * length, 1));
    const random = createRandom(seed, 'weights', places.get(name));
    const signed = (): number => 2 * random() - 1;
    if (shapes.has(`${layer}.running_var`)) {
      if (part === 'bias') continue;
      for (let i = 0; i < data.length; i++) {
        data[i] = KINDS[i % 8]![part as keyof Kind](part === 'running_var' ? random() : signed());
      }
    } else {
      const inputs = shape.slice(1).reduce((product, length) => product * length, 1);
      const scale = shape.length > 1 ? Math.sqrt((GAINS[layer] ?? 6) / inputs) : 0.25;
      for (let i = 0; i < data.length; i++) data[i] = signed() * scale;
    }
    weights.set(name, { shape, data });
  }
  for (const name of shapes.keys()) if (!weights.has(name)) weights.set(name, biasOf(name));

  /** Of a norm: undoes what a mean far from zero does. */
  function biasOf(name: string): Tensor {
    const of = (part: string): Float32Array => weights.get(name.replace(/bias$/, part))!.data;
    const [mean, variance, weight] = [of('running_mean'), of('running_var'), of('weight')];
    const random = createRandom(seed, 'weights', places.get(name));
    const data = mean.map((m, i) => (m * weight[i]!) / Math.sqrt(variance[i]! + epsilon) + (2 * random() - 1) / 2);
    return { shape: shapes.get(name)!, data };
  }
  return weights;
}

/** Of all numbers, in the order of their tensors' names. */
export function digestOf(weights: Weights): string {
  const hash = createHash('sha256');
  for (const name of [...weights.keys()].sort()) {
    const { data } = weights.get(name)!;
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
