/**
 * The folded network on TF.js operations: what the WASM backend runs. The tensors of the weights are made once; a
 * prediction leaves none behind.
 */
import type { Pool } from './densenet121';
import type {
  ActivatedConvolution,
  FoldedConvolution,
  FoldedLayer,
  FoldedLinear,
  FoldedNetwork,
  FoldedTransition,
  ScaleShift,
} from './fold';
import type { BuiltNetwork, NetworkOutput } from './network';
import * as tf from './tf';

type Step<T extends tf.Tensor> = (x: T) => T;
type Film = Step<tf.Tensor4D>;
type Pooled = Step<tf.Tensor2D>;

/** Notes a tensor of the weights, so that it can be given back with the network. */
type Keep = <T extends tf.Tensor>(tensor: T) => T;

function convolve(keep: Keep, { filter, filterShape, stride, pad }: FoldedConvolution): Film {
  const kernel = keep(tf.tensor4d(filter, [...filterShape]));
  return (x) => tf.conv2d(x, kernel, stride, pad);
}

function convolveAndActivate(keep: Keep, conv: ActivatedConvolution): Film {
  const filter = keep(tf.tensor4d(conv.filter, [...conv.filterShape]));
  const bias = keep(tf.tensor1d(conv.bias));
  return (x) => tf.fused.conv2d({ x, filter, strides: conv.stride, pad: conv.pad, bias, activation: 'relu' });
}

/** As a depthwise 1×1 convolution: one SIMD pass, where TF.js's batch norm is scalar and mul, add, relu are three. */
function scaleShiftAndActivate(keep: Keep, { scale, shift }: ScaleShift): Film {
  const filter = keep(tf.tensor4d(scale, [1, 1, scale.length, 1]));
  const bias = keep(tf.tensor1d(shift));
  return (x) => tf.fused.depthwiseConv2d({ x, filter, strides: 1, pad: 0, bias, activation: 'relu' });
}

/** Follows a ReLU, so that padding with zeros is as good as with −∞. */
function maxPool({ size, stride, pad }: Pool): Film {
  return (x) => tf.maxPool(x, size, stride, pad);
}

function averagePool({ size, stride, pad }: Pool): Film {
  return (x) => tf.avgPool(x, size, stride, pad);
}

function denseLayer(keep: Keep, { before, conv1, conv2 }: FoldedLayer): Film {
  const steps = [scaleShiftAndActivate(keep, before), convolveAndActivate(keep, conv1), convolve(keep, conv2)];
  return (x) => tf.concat([x, run(steps, x)], 3);
}

function transition(keep: Keep, { before, pool, conv }: FoldedTransition): Film[] {
  return [scaleShiftAndActivate(keep, before), averagePool(pool), convolve(keep, conv)];
}

function linear(keep: Keep, { kernel, bias, inputs, outputs }: FoldedLinear): Pooled {
  const matrix = keep(tf.tensor2d(kernel, [inputs, outputs]));
  const offset = keep(tf.tensor1d(bias));
  return (x) => tf.add(tf.matMul(x, matrix), offset);
}

/** Sums in XNNPACK; `tf.mean` would transpose first and add up one by one. */
function globalAverage(features: tf.Tensor4D): tf.Tensor2D {
  const [count, rows, columns, channels] = features.shape;
  return tf.reshape(tf.avgPool(features, [rows, columns], 1, 'valid'), [count, channels]);
}

/** Gives each result back as soon as the next one stands: a block needs the memory of two layers, not of all. */
function run<T extends tf.Tensor>(steps: readonly Step<T>[], input: T): T {
  return steps.reduce((x, step) => {
    const result = tf.tidy(() => step(x));
    if (x !== input) x.dispose();
    return result;
  }, input);
}

/** All layers before the head, as a backend of its own making computes them: films → features. */
export type Trunk = { readonly apply: Film; dispose(): void };

function trunkOf(keep: Keep, { stem, stages, last }: FoldedNetwork): Film {
  const steps = [
    convolveAndActivate(keep, stem.conv),
    maxPool(stem.pool),
    ...stages.flatMap((stage) => [
      ...stage.layers.map((layer) => denseLayer(keep, layer)),
      ...(stage.transition === null ? [] : transition(keep, stage.transition)),
    ]),
    scaleShiftAndActivate(keep, last),
  ];
  return (x) => run(steps, x);
}

function headSteps(keep: Keep, head: readonly FoldedLinear[]): Pooled[] {
  return head.flatMap((layer, i) => [linear(keep, layer), i === head.length - 1 ? tf.sigmoid : tf.relu]);
}

/**
 * Builds the network on the backend that is current in TF.js; with the operations of TF.js alone where there is no
 * `trunk`, which it takes over.
 */
export function buildFoldedNetwork(network: FoldedNetwork, trunk: Trunk | null = null): BuiltNetwork {
  const kept: tf.Tensor[] = [];
  const keep: Keep = (tensor) => {
    kept.push(tensor);
    return tensor;
  };
  const toFeatures = trunk?.apply ?? trunkOf(keep, network);
  const head = headSteps(keep, network.head);

  function predict(batch: Float32Array, count: number, wanted: { readonly features: boolean }): NetworkOutput {
    const { inputChannels } = network;
    const side = Math.sqrt(batch.length / count / inputChannels);
    const [probabilities, features] = tf.tidy(() => {
      const result = toFeatures(tf.tensor4d(batch, [count, side, side, inputChannels]));
      return [run(head, globalAverage(result)), result] as [tf.Tensor2D, tf.Tensor4D];
    });
    const output = {
      probabilities: probabilities.dataSync<'float32'>(),
      features: wanted.features ? features.dataSync<'float32'>() : null,
    };
    tf.dispose([probabilities, features]);
    return output;
  }

  return {
    predict,
    dispose: () => {
      tf.dispose(kept);
      trunk?.dispose();
    },
  };
}
