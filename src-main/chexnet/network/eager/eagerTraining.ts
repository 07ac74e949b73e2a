/**
 * A DenseNet on TF.js operations in training: forward with the batch's statistics, and the way back by hand. TF.js's
 * own tape keeps every intermediate tensor, copies included: 300 MB a film. Call it inside `tf.tidy`.
 */
import type { Convolution, Linear, Norm, Pool } from '../densenet121';
import * as tf from '../tf';
import type { LayerWriter } from '../trainingNetwork';
import { foldNorm, measureChannels, normBack, scaleChannels, type Statistics } from './channels';
import {
  connectBackToInput,
  connectBackToKernel,
  convolve,
  convolveBackToFilter,
  convolveBackToInput,
} from './convolutions';
import type { ReadParameter } from './eagerInference';

/** What lies between two layers. */
export type Value = {
  /** Null while it is forgotten. */
  tensor: tf.Tensor | null;
  /** Computes it again; null where that costs too much. */
  readonly remake: (() => tf.Tensor) | null;
  /** Hands d loss / d tensor on; null of what goes into the network. */
  readonly passBack: ((gradient: tf.Tensor) => void) | null;
  gradient: tf.Tensor | null;
};

export type EagerOptions = {
  readonly read: ReadParameter;
  readonly epsilon: number;
  /** Activations and concatenations are computed again on the way back. */
  readonly recompute: boolean;
};

export class EagerTraining implements LayerWriter<Value> {
  readonly #options: EagerOptions;
  readonly #values: Value[] = [];
  readonly #parts = new Map<Value, readonly Value[]>();
  readonly #measured = new Map<Value, Statistics>();
  /** Of each trained parameter, in TensorFlow's layout. */
  readonly gradients = new Map<string, tf.Tensor>();
  /** What each batch norm saw, the variance biased, and of how many numbers. */
  readonly batchStatistics = new Map<string, Statistics & { readonly places: number }>();

  constructor(options: EagerOptions) {
    this.#options = options;
  }

  /** What goes into the network; no gradient is made of it. */
  input(tensor: tf.Tensor): Value {
    return this.#note(tensor, null);
  }

  tensorOf(value: Value): tf.Tensor {
    return (value.tensor ??= value.remake!());
  }

  #note(tensor: tf.Tensor, passBack: Value['passBack'], remake: Value['remake'] = null): Value {
    const value = { tensor, passBack, remake, gradient: null };
    this.#values.push(value);
    return value;
  }

  /** After its use on the way forward. */
  #forget(value: Value): void {
    if (!this.#options.recompute || value.remake === null) return;
    value.tensor?.dispose();
    value.tensor = null;
  }

  /** A part of d loss / d value; parts add up. Takes `gradient` over. */
  #give(value: Value, gradient: tf.Tensor): void {
    const before = value.gradient;
    value.gradient = before === null ? gradient : tf.add(before, gradient);
    if (before !== null) tf.dispose([before, gradient]);
  }

  /** From the last value to the first, giving back what is done with. */
  unwind(last: Value, gradient: tf.Tensor): void {
    last.gradient = gradient;
    for (const value of this.#values.reverse()) {
      if (value.gradient !== null) value.passBack?.(value.gradient);
      value.gradient?.dispose();
      value.tensor?.dispose();
      value.gradient = null;
      value.tensor = null;
    }
  }

  convolve(x: Value, conv: Convolution): Value {
    const name = `${conv.name}.weight`;
    const filter = this.#options.read<tf.Tensor4D>(name);
    const y = convolve(this.tensorOf(x) as tf.Tensor4D, filter, conv);
    this.#forget(x);
    return this.#note(y, (gradient) => {
      this.gradients.set(name, convolveBackToFilter(this.tensorOf(x) as tf.Tensor4D, gradient as tf.Tensor4D, conv));
      if (x.passBack !== null) this.#give(x, convolveBackToInput(filter, gradient as tf.Tensor4D, conv));
    });
  }

  normAndActivate(x: Value, { name }: Norm): Value {
    const { read, epsilon } = this.#options;
    const parameters = { gamma: read<tf.Tensor1D>(`${name}.weight`), beta: read<tf.Tensor1D>(`${name}.bias`) };
    const statistics = this.#measure(x);
    const folded = foldNorm(parameters, statistics, epsilon);
    const { size } = this.tensorOf(x);
    this.batchStatistics.set(name, { ...statistics, places: size / folded.scale.size });
    const activate = (): tf.Tensor => scaleChannels(this.tensorOf(x) as tf.Tensor4D, folded, 'relu');
    const y: Value = this.#note(
      activate(),
      (gradient) => {
        const [activated, input] = [this.tensorOf(y), this.tensorOf(x)] as [tf.Tensor4D, tf.Tensor4D];
        const norm = { statistics, scale: folded.scale, epsilon };
        const back = normBack(gradient as tf.Tensor4D, activated, input, norm);
        this.gradients.set(`${name}.weight`, back.gamma).set(`${name}.bias`, back.beta);
        if (x.passBack === null) back.input.dispose();
        else this.#give(x, back.input);
      },
      activate,
    );
    return y;
  }

  /** Of a concatenation the parts are measured, each once however often it is concatenated again. */
  #measure(x: Value): Statistics {
    const parts = (this.#parts.get(x) ?? [x]).map((part) => {
      const known = this.#measured.get(part) ?? measureChannels(this.tensorOf(part) as tf.Tensor4D);
      this.#measured.set(part, known);
      return known;
    });
    if (parts.length === 1) return parts[0]!;
    return {
      mean: tf.concat(parts.map(({ mean }) => mean)),
      variance: tf.concat(parts.map(({ variance }) => variance)),
    };
  }

  concatenate(x: Value, channels: number, y: Value): Value {
    const parts = [...(this.#parts.get(x) ?? [x]), y];
    const both = this.#note(
      tf.concat([this.tensorOf(x), this.tensorOf(y)], 3),
      (gradient) => {
        if (x.passBack !== null) this.#give(x, tf.slice(gradient, [0, 0, 0, 0], [-1, -1, -1, channels]));
        this.#give(y, tf.slice(gradient, [0, 0, 0, channels], [-1, -1, -1, -1]));
      },
      () =>
        tf.concat(
          parts.map((part) => this.tensorOf(part)),
          3,
        ),
    );
    this.#forget(x);
    this.#parts.set(both, parts);
    return both;
  }

  maxPool(x: Value, { size, stride, pad }: Pool): Value {
    const y: Value = this.#note(tf.maxPool(this.tensorOf(x) as tf.Tensor4D, size, stride, pad), (gradient) => {
      // TF.js gives nothing back where all of a window is 0; the ReLU before it would not let it pass anyway.
      const inputs = { dy: gradient, input: this.tensorOf(x), output: this.tensorOf(y) };
      const attributes = { filterSize: size, strides: stride, pad };
      this.#give(x, tf.engine().runKernel<tf.Tensor>(tf.MaxPoolGrad, inputs, attributes));
    });
    this.#forget(x);
    return y;
  }

  averagePool(x: Value, { size, stride, pad }: Pool): Value {
    const y = tf.avgPool(this.tensorOf(x) as tf.Tensor4D, size, stride, pad);
    this.#forget(x);
    return this.#note(y, (gradient) => {
      const inputs = { dy: gradient, input: this.tensorOf(x) };
      const attributes = { filterSize: size, strides: stride, pad };
      this.#give(x, tf.engine().runKernel<tf.Tensor>(tf.AvgPoolGrad, inputs, attributes));
    });
  }

  averagePlaces(x: Value, channels: number): Value {
    const { shape } = this.tensorOf(x) as tf.Tensor4D;
    const [count, rows, columns] = shape;
    const y = tf.reshape(tf.avgPool(this.tensorOf(x) as tf.Tensor4D, [rows, columns], 1, 'valid'), [count, channels]);
    this.#forget(x);
    return this.#note(y, (gradient) => {
      const each = tf.tidy(() => {
        const share = tf.reshape(tf.div(gradient, rows * columns), [count, 1, 1, channels]);
        return tf.broadcastTo(share, shape);
      });
      this.#give(x, each);
    });
  }

  connect(x: Value, { name }: Linear): Value {
    const { read } = this.#options;
    const kernel = read<tf.Tensor2D>(`${name}.weight`);
    const input = this.tensorOf(x) as tf.Tensor2D;
    const y = tf.tidy(() => tf.add(tf.matMul(input, kernel), read(`${name}.bias`)));
    return this.#note(y, (gradient) => {
      const slopes = gradient as tf.Tensor2D;
      this.gradients.set(`${name}.weight`, connectBackToKernel(input, slopes));
      this.gradients.set(`${name}.bias`, tf.sum(slopes, 0));
      if (x.passBack !== null) this.#give(x, connectBackToInput(kernel, slopes));
    });
  }

  activate(x: Value): Value {
    const y: Value = this.#note(tf.relu(this.tensorOf(x)), (gradient) => {
      this.#give(
        x,
        tf.tidy(() => tf.mul(gradient, tf.step(this.tensorOf(y)))),
      );
    });
    return y;
  }

  /** The way back still needs x. */
  advance(x: Value, step: (x: Value) => Value): Value {
    return step(x);
  }
}
