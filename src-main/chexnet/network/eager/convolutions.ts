/** Convolutions and the gradients of them, as convolutions and products of matrices: TF.js's WASM has no others. */
import type { Convolution } from '../densenet121';
import * as tf from '../tf';

export function convolve(x: tf.Tensor4D, filter: tf.Tensor4D, { stride, pad }: Convolution): tf.Tensor4D {
  return tf.conv2d(x, filter, stride, pad);
}

/** A transposed product must be asked for by hand: TF.js's flags take a scalar loop. */
function multiplyTransposed(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  // The smaller one is turned, and if need be the result.
  if (a.size <= b.size) return tf.matMul(tf.transpose(a), b);
  return tf.transpose(tf.matMul(tf.transpose(b), a));
}

function asMatrix(x: tf.Tensor4D): tf.Tensor2D {
  return tf.reshape(x, [-1, x.shape[3]]);
}

/**
 * d loss / d filter. A filter's slope is what its input and the gradient of its output have in common at each offset:
 * a convolution itself, of channels for films and films for channels; a stride becomes the dilation.
 */
export function convolveBackToFilter(x: tf.Tensor4D, gradient: tf.Tensor4D, conv: Convolution): tf.Tensor4D {
  const { inputs, outputs, size, stride, pad } = conv;
  return tf.tidy(() => {
    if (size === 1 && stride === 1) {
      return tf.reshape(multiplyTransposed(asMatrix(x), asMatrix(gradient)), [1, 1, inputs, outputs]);
    }
    const films = tf.transpose(x, [3, 1, 2, 0]);
    const filter = tf.transpose(gradient, [1, 2, 0, 3]);
    const slopes = tf.conv2d(films, filter, 1, pad, 'NHWC', stride);
    // Where the stride leaves rows over, there are more offsets than the filter has.
    const cut = slopes.shape[1] === size ? slopes : tf.slice(slopes, [0, 0, 0, 0], [inputs, size, size, outputs]);
    return tf.transpose(cut, [1, 2, 0, 3]);
  });
}

/** d loss / d input, at stride 1: a convolution with the filter turned round. */
export function convolveBackToInput(filter: tf.Tensor4D, gradient: tf.Tensor4D, conv: Convolution): tf.Tensor4D {
  const { size, pad } = conv;
  return tf.tidy(() => {
    const turned = size === 1 ? filter : tf.reverse(filter, [0, 1]);
    return tf.conv2d(gradient, tf.transpose(turned, [0, 1, 3, 2]), 1, size - 1 - pad);
  });
}

/** [n,inputs] and [n,outputs] → [inputs,outputs]. */
export function connectBackToKernel(x: tf.Tensor2D, gradient: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => multiplyTransposed(x, gradient));
}

export function connectBackToInput(kernel: tf.Tensor2D, gradient: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => tf.matMul(gradient, tf.transpose(kernel)));
}
