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

/** Parameters of the layers behind pooling. */
function isHeadParameter({ head }: DenseNet, name: string): boolean {
  return head.some((layer) => name.startsWith(`${layer.name}.`));
}

/**
 * The weights of a model for this network. Its head is kept where `keepHead` says that it means the same; else the
 * head begins at random.
 */
export function adoptWeights(network: DenseNet, model: Weights, keepHead: boolean, seed: number): Map<string, Tensor> {
  const weights = randomWeights(network, seed);
  for (const [name, tensor] of model) {
    if (!weights.has(name) || (isHeadParameter(network, name) && !keepHead)) continue;
    weights.set(name, tensor);
  }
  return weights;
}

export function startState(weights: Weights): TrainingState {
  return { weights, moments: { first: new Map(), second: new Map() }, step: 0 };
}
