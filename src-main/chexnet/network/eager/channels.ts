/** What batch norm needs of its channels, out of operations that TF.js's WASM backend has fast and right. */
import * as tf from '../tf';

export type Statistics = { readonly mean: tf.Tensor1D; readonly variance: tf.Tensor1D };

/** max(0, x · scale + shift) or without max, of each channel. */
export type ScaleShift = { readonly scale: tf.Tensor1D; readonly shift: tf.Tensor1D };

/**
 * Over films and places. Summed film by film: `tf.mean` would transpose first and add all of them up one by one, which
 * is slow, and wrong in the sixth digit.
 */
function averageChannels(x: tf.Tensor4D): tf.Tensor1D {
  return tf.tidy(() => {
    const [count, rows, columns, channels] = x.shape;
    const films = tf.reshape(tf.avgPool(x, [rows, columns], 1, 'valid'), [count, channels]);
    return tf.reshape(tf.matMul(tf.fill([1, count], 1 / count), films), [channels]);
  });
}

/** The variance is biased. */
export function measureChannels(x: tf.Tensor4D): Statistics {
  const mean = averageChannels(x);
  const variance = tf.tidy(() => {
    const ones = tf.ones<tf.Rank.R1>([mean.size]);
    return averageChannels(tf.square(scaleChannels(x, { scale: ones, shift: tf.neg(mean) })));
  });
  return { mean, variance };
}

/** As a depthwise 1×1 convolution: one SIMD pass. */
export function scaleChannels(x: tf.Tensor4D, { scale, shift }: ScaleShift, activation?: 'relu'): tf.Tensor4D {
  return tf.tidy(() => {
    const filter = tf.reshape<tf.Rank.R4>(scale, [1, 1, scale.size, 1]);
    const options = { x, filter, strides: 1, pad: 0, bias: shift };
    return tf.fused.depthwiseConv2d(activation === undefined ? options : { ...options, activation });
  });
}

export type NormParameters = { readonly gamma: tf.Tensor1D; readonly beta: tf.Tensor1D };

/** A norm with these statistics, as scale and shift. */
export function foldNorm({ gamma, beta }: NormParameters, statistics: Statistics, epsilon: number): ScaleShift {
  const { mean, variance } = statistics;
  const scale = tf.tidy(() => tf.mul<tf.Tensor1D>(gamma, tf.rsqrt(tf.add(variance, epsilon))));
  const shift = tf.tidy(() => tf.sub<tf.Tensor1D>(beta, tf.mul(mean, scale)));
  return { scale, shift };
}

export type NormGradients = {
  readonly input: tf.Tensor4D;
  readonly gamma: tf.Tensor1D;
  readonly beta: tf.Tensor1D;
};

/** Back through max(0, norm of x), `activated`, with the statistics of x itself: PyTorch's formula. */
export function normBack(
  gradient: tf.Tensor4D,
  activated: tf.Tensor4D,
  x: tf.Tensor4D,
  norm: { readonly statistics: Statistics; readonly scale: tf.Tensor1D; readonly epsilon: number },
): NormGradients {
  const { statistics, scale, epsilon } = norm;
  const [input, gamma, beta] = tf.tidy(() => {
    const deviation = tf.rsqrt(tf.add<tf.Tensor1D>(statistics.variance, epsilon));
    const centre = { scale: deviation, shift: tf.neg<tf.Tensor1D>(tf.mul(statistics.mean, deviation)) };
    const normed = scaleChannels(x, centre);
    const passed = tf.mul<tf.Tensor4D>(gradient, tf.step(activated));
    const meanPassed = averageChannels(passed);
    const meanProduct = averageChannels(tf.mul(passed, normed));
    const straight = { scale, shift: tf.neg<tf.Tensor1D>(tf.mul(scale, meanPassed)) };
    const sideways = { scale: tf.neg<tf.Tensor1D>(tf.mul(scale, meanProduct)), shift: tf.zerosLike(scale) };
    const places = x.size / scale.size;
    return [
      tf.add(scaleChannels(passed, straight), scaleChannels(normed, sideways)),
      tf.mul(meanProduct, places),
      tf.mul(meanPassed, places),
    ] as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
  });
  return { input, gamma, beta };
}
