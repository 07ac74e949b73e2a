/** Where a run begins: at random, or at a model whose head may be replaced. */
import { layerParameters, listLayers, type DenseNet, type Layer } from '../network/densenet121';
import type { Tensor, Weights } from '../network/weights';
import { createRandom } from './philox';
import type { TrainingState } from './stepper';

/** Kaiming's normal distribution for convolutions, as torchvision's densenet.py: variance 2 / fan-in. */
function normal(random: () => number, count: number, deviation: number): Float32Array {
  // Box and Muller; 1 − x is never 0.
  return Float32Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    return deviation * radius * Math.cos(2 * Math.PI * random());
  });
}

/** PyTorch's nn.Linear: ±1/√fan-in. */
function uniform(random: () => number, count: number, bound: number): Float32Array {
  return Float32Array.from({ length: count }, () => (2 * random() - 1) * bound);
}

function initialLayer(layer: Layer, random: () => number): [string, Tensor][] {
  return layerParameters(layer).map(({ name, shape }) => {
    const count = shape.reduce((product, side) => product * side, 1);
    const isWeight = name.endsWith('.weight');
    if (layer.kind === 'norm') {
      const value = isWeight || name.endsWith('.running_var') ? 1 : 0;
      return [name, { shape, data: new Float32Array(count).fill(value) }];
    }
    if (!isWeight) return [name, { shape, data: new Float32Array(count) }];
    const fanIn = layer.kind === 'linear' ? layer.inputs : layer.inputs * layer.size * layer.size;
    const data =
      layer.kind === 'linear'
        ? uniform(random, count, 1 / Math.sqrt(fanIn))
        : normal(random, count, Math.sqrt(2 / fanIn));
    return [name, { shape, data }];
  });
}

/** Every parameter, drawn as torchvision draws those of its DenseNet; each layer has its own random numbers. */
export function randomWeights(network: DenseNet, seed: number): Map<string, Tensor> {
  const layers = listLayers(network);
  return new Map(layers.flatMap((layer, place) => initialLayer(layer, createRandom(seed, 'weights', place))));
}

/** For each finding the place of that output in the model, or null where it has none. */
export type AdoptedOutputs = readonly (number | null)[];

/**
 * The weights of a model for this network. A head of another kind (`outputs` null) begins at random; of the same kind
 * it is gone on with, and outputs that the model has not begin at random.
 */
export function adoptWeights(
  network: DenseNet,
  model: Weights,
  outputs: AdoptedOutputs | null,
  seed: number,
): Map<string, Tensor> {
  const last = network.head.at(-1)!;
  const weights = randomWeights(network, seed);
  for (const [name, drawn] of weights) {
    const tensor = model.get(name);
    const isLast = name.startsWith(`${last.name}.`);
    const isHead = network.head.some((layer) => name.startsWith(`${layer.name}.`));
    if (tensor === undefined || (isHead && outputs === null)) continue;
    weights.set(name, isLast ? adoptRows(drawn, tensor, outputs!) : tensor);
  }
  return weights;
}

/** Rows of the last layer: one for each finding. */
function adoptRows(drawn: Tensor, model: Tensor, outputs: AdoptedOutputs): Tensor {
  const data = drawn.data.slice();
  const length = data.length / outputs.length;
  outputs.forEach((from, row) => {
    if (from !== null) data.set(model.data.subarray(from * length, (from + 1) * length), row * length);
  });
  return { shape: drawn.shape, data };
}

export function startState(weights: Weights): TrainingState {
  return { weights, moments: { first: new Map(), second: new Map() }, step: 0 };
}
