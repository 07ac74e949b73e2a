/**
 * A DenseNet as inference computes it: batch norms folded away, filters in TensorFlow's layout. Plain arrays.
 *
 * A norm behind a convolution becomes that convolution's filter and bias; a norm before one acts on concatenated
 * channels and stays, as a scale and a shift per channel. A transition pools before it convolves: both are linear,
 * so they commute, and the convolution has a quarter of the work.
 */
import type { Convolution, DenseNet, Linear, Norm, Pool } from './densenet121';
import { parameter, type Weights } from './weights';

export type FoldedConvolution = {
  /** [size,size,inputs,outputs] (HWIO). */
  readonly filter: Float32Array;
  readonly filterShape: readonly [number, number, number, number];
  readonly stride: number;
  readonly pad: number;
};

/** With bias, and a ReLU behind it. */
export type ActivatedConvolution = FoldedConvolution & { readonly bias: Float32Array };

/** max(0, x · scale + shift), each [channels]. */
export type ScaleShift = { readonly scale: Float32Array; readonly shift: Float32Array };

export type FoldedLayer = {
  readonly before: ScaleShift;
  readonly conv1: ActivatedConvolution;
  readonly conv2: FoldedConvolution;
};

export type FoldedTransition = { readonly before: ScaleShift; readonly pool: Pool; readonly conv: FoldedConvolution };

export type FoldedLinear = {
  /** [inputs,outputs]. */
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
  readonly inputs: number;
  readonly outputs: number;
};

export type FoldedNetwork = {
  readonly inputChannels: number;
  readonly stem: { readonly conv: ActivatedConvolution; readonly pool: Pool };
  readonly stages: readonly { readonly layers: readonly FoldedLayer[]; readonly transition: FoldedTransition | null }[];
  readonly last: ScaleShift;
  readonly head: readonly FoldedLinear[];
};

type Affine = { readonly scale: Float64Array; readonly shift: Float64Array };

/** scale = γ / √(σ² + ε), shift = β − μ · scale; in double, so that each weight is rounded once. */
function affine(weights: Weights, norm: Norm, epsilon: number): Affine {
  const part = (name: string): Float32Array => parameter(weights, `${norm.name}.${name}`);
  const [gamma, beta, mean, variance] = [part('weight'), part('bias'), part('running_mean'), part('running_var')];
  const scale = Float64Array.from(gamma, (value, i) => value / Math.sqrt(variance[i]! + epsilon));
  const shift = Float64Array.from(beta, (value, i) => value - mean[i]! * scale[i]!);
  return { scale, shift };
}

function scaleShift(weights: Weights, norm: Norm, epsilon: number): ScaleShift {
  const { scale, shift } = affine(weights, norm, epsilon);
  return { scale: Float32Array.from(scale), shift: Float32Array.from(shift) };
}

/** OIHW → HWIO, each output channel times its scale. */
function foldConvolution(weights: Weights, conv: Convolution, scale: Float64Array | null): FoldedConvolution {
  const { inputs, outputs, size, stride, pad } = conv;
  const source = parameter(weights, `${conv.name}.weight`);
  const filter = new Float32Array(source.length);
  const area = size * size;
  let from = 0;
  for (let output = 0; output < outputs; output++) {
    const factor = scale?.[output] ?? 1;
    for (let input = 0; input < inputs; input++) {
      for (let tap = 0; tap < area; tap++) {
        filter[(tap * inputs + input) * outputs + output] = source[from++]! * factor;
      }
    }
  }
  return { filter, filterShape: [size, size, inputs, outputs], stride, pad };
}

function foldWithNorm(weights: Weights, conv: Convolution, norm: Norm, epsilon: number): ActivatedConvolution {
  const { scale, shift } = affine(weights, norm, epsilon);
  return { ...foldConvolution(weights, conv, scale), bias: Float32Array.from(shift) };
}

/** Linear weights are [outputs,inputs] in PyTorch. */
function foldLinear(weights: Weights, { name, inputs, outputs }: Linear): FoldedLinear {
  const source = parameter(weights, `${name}.weight`);
  const kernel = new Float32Array(source.length);
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      kernel[input * outputs + output] = source[output * inputs + input]!;
    }
  }
  return { kernel, bias: parameter(weights, `${name}.bias`), inputs, outputs };
}

/** `weights` must have passed `checkWeights`; `epsilon` is the card's (PyTorch: 1e-5, not TF.js's 1e-3). */
export function foldNetwork(network: DenseNet, weights: Weights, epsilon: number): FoldedNetwork {
  const { inputChannels, stem, stages, lastNorm, head } = network;
  return {
    inputChannels,
    stem: { conv: foldWithNorm(weights, stem.conv, stem.norm, epsilon), pool: stem.pool },
    stages: stages.map(({ layers, transition }) => ({
      layers: layers.map(({ norm1, conv1, norm2, conv2 }) => ({
        before: scaleShift(weights, norm1, epsilon),
        conv1: foldWithNorm(weights, conv1, norm2, epsilon),
        conv2: foldConvolution(weights, conv2, null),
      })),
      transition: transition && {
        before: scaleShift(weights, transition.norm, epsilon),
        pool: transition.pool,
        conv: foldConvolution(weights, transition.conv, null),
      },
    })),
    last: scaleShift(weights, lastNorm, epsilon),
    head: head.map((layer) => foldLinear(weights, layer)),
  };
}
