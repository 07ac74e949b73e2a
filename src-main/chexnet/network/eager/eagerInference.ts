/** A DenseNet on TF.js operations with its running statistics: frozen layers, and judging between two epochs. */
import type { Convolution, Linear, Norm, Pool } from '../densenet121';
import * as tf from '../tf';
import type { LayerWriter } from '../trainingNetwork';
import { foldNorm, scaleChannels } from './channels';
import { convolve } from './convolutions';

/** The tensor of a parameter, in TensorFlow's layout. */
export type ReadParameter = <T extends tf.Tensor>(name: string) => T;

export class EagerInference implements LayerWriter<tf.Tensor> {
  readonly #read: ReadParameter;
  readonly #epsilon: number;

  constructor(read: ReadParameter, epsilon: number) {
    this.#read = read;
    this.#epsilon = epsilon;
  }

  convolve(x: tf.Tensor, conv: Convolution): tf.Tensor {
    return convolve(x as tf.Tensor4D, this.#read(`${conv.name}.weight`), conv);
  }

  normAndActivate(x: tf.Tensor, { name }: Norm): tf.Tensor {
    return tf.tidy(() => {
      const parameters = {
        gamma: this.#read<tf.Tensor1D>(`${name}.weight`),
        beta: this.#read<tf.Tensor1D>(`${name}.bias`),
      };
      const running = {
        mean: this.#read<tf.Tensor1D>(`${name}.running_mean`),
        variance: this.#read<tf.Tensor1D>(`${name}.running_var`),
      };
      return scaleChannels(x as tf.Tensor4D, foldNorm(parameters, running, this.#epsilon), 'relu');
    });
  }

  concatenate(x: tf.Tensor, _: number, y: tf.Tensor): tf.Tensor {
    return tf.concat([x, y], 3);
  }

  maxPool(x: tf.Tensor, { size, stride, pad }: Pool): tf.Tensor {
    return tf.maxPool(x as tf.Tensor4D, size, stride, pad);
  }

  averagePool(x: tf.Tensor, { size, stride, pad }: Pool): tf.Tensor {
    return tf.avgPool(x as tf.Tensor4D, size, stride, pad);
  }

  averagePlaces(x: tf.Tensor, channels: number): tf.Tensor {
    const [, rows, columns] = (x as tf.Tensor4D).shape;
    return tf.reshape(tf.avgPool(x as tf.Tensor4D, [rows, columns], 1, 'valid'), [-1, channels]);
  }

  connect(x: tf.Tensor, { name }: Linear): tf.Tensor {
    return tf.add(tf.matMul(x as tf.Tensor2D, this.#read<tf.Tensor2D>(`${name}.weight`)), this.#read(`${name}.bias`));
  }

  activate(x: tf.Tensor): tf.Tensor {
    return tf.relu(x);
  }

  advance(x: tf.Tensor, step: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
    const result = tf.tidy(() => step(x));
    x.dispose();
    return result;
  }
}
