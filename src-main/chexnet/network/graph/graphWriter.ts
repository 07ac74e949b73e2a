/**
 * Writes a graph node by node, with the operations that a DenseNet is made of: NHWC, float32. Each call adds nodes
 * and returns the name from which the next one starts.
 */
import { attribute, type DataType, type GraphAttribute, type GraphNode } from './graphDef';

/** Rows and columns alike; `pad` zeros on every side. */
type Window = { readonly size: number; readonly stride: number; readonly pad: number };

const FLOAT = { T: attribute.type('float32') };
const NHWC = { data_format: attribute.text('NHWC') };
const CHANNELS = 3;

function paddings(pad: number): number[] {
  return [0, 0, pad, pad, pad, pad, 0, 0];
}

function squared(size: number): GraphAttribute {
  return attribute.integers([1, size, size, 1]);
}

export class GraphWriter {
  readonly #nodes: GraphNode[] = [];

  get nodes(): readonly GraphNode[] {
    return this.#nodes;
  }

  /** Without a name it gets one that tells where it stands: `Relu_17`. */
  add(
    operator: string,
    inputs: readonly string[],
    attributes: GraphNode['attributes'] = FLOAT,
    name = `${operator}_${this.#nodes.length}`,
  ): string {
    this.#nodes.push({ name, operator, inputs, attributes });
    return name;
  }

  constant(data: Float32Array | Int32Array, shape: readonly number[] = [data.length]): string {
    const type: DataType = data instanceof Float32Array ? 'float32' : 'int32';
    return this.add('Const', [], { dtype: attribute.type(type), value: attribute.tensor(data, shape) });
  }

  /** What is fed at each run; −1 is a free dimension. */
  placeholder(name: string, shape: readonly number[]): string {
    return this.add('Placeholder', [], { dtype: attribute.type('float32'), shape: attribute.shape(shape) }, name);
  }

  /** `filter` is [size,size,inputs,outputs]. The padding is explicit: `SAME` pads otherwise at stride 2. */
  convolve(x: string, filter: string, { stride, pad }: Pick<Window, 'stride' | 'pad'>): string {
    return this.add('Conv2D', [x, filter], {
      ...FLOAT,
      ...NHWC,
      strides: squared(stride),
      padding: attribute.text(pad === 0 ? 'VALID' : 'EXPLICIT'),
      explicit_paddings: attribute.integers(pad === 0 ? [] : paddings(pad)),
      dilations: squared(1),
    });
  }

  addBias(x: string, bias: string): string {
    return this.add('BiasAdd', [x, bias], { ...FLOAT, ...NHWC });
  }

  /** Follows a ReLU, so that padding with zeros is as good as with −∞. */
  maxPool(x: string, window: Window): string {
    return this.#pool('MaxPool', x, window);
  }

  /** `window.pad` must be 0: padded zeros would be averaged in. */
  averagePool(x: string, window: Window): string {
    return this.#pool('AvgPool', x, window);
  }

  #pool(operator: string, x: string, { size, stride, pad }: Window): string {
    const padded = pad === 0 ? x : this.#pad(x, pad);
    const window = { ksize: squared(size), strides: squared(stride), padding: attribute.text('VALID') };
    return this.add(operator, [padded], { ...FLOAT, ...NHWC, ...window });
  }

  #pad(x: string, pad: number): string {
    const widths = this.constant(Int32Array.from(paddings(pad)), [4, 2]);
    return this.add('Pad', [x, widths], { ...FLOAT, Tpaddings: attribute.type('int32') });
  }

  /** Of two, along the channels. */
  concatenate(x: string, y: string): string {
    const axis = this.constant(Int32Array.of(CHANNELS), []);
    const attributes = { ...FLOAT, N: attribute.integer(2), Tidx: attribute.type('int32') };
    return this.add('ConcatV2', [x, y, axis], attributes);
  }

  /** x · scale + shift for each channel, as a batch norm with mean 0 and variance 1: one pass, which fuses with ReLU. */
  scaleAndShift(x: string, scale: Float32Array, shift: Float32Array): string {
    const mean = this.constant(new Float32Array(scale.length));
    const variance = this.constant(new Float32Array(scale.length).fill(1));
    return this.add('FusedBatchNormV3', [x, this.constant(scale), this.constant(shift), mean, variance], {
      ...FLOAT,
      ...NHWC,
      U: attribute.type('float32'),
      epsilon: attribute.float(0),
      is_training: attribute.boolean(false),
    });
  }

  /** [n,rows,columns,channels] → [n,channels]. */
  averagePlaces(x: string, name: string): string {
    const axes = this.constant(Int32Array.of(1, 2));
    return this.add('Mean', [x, axes], { ...FLOAT, Tidx: attribute.type('int32') }, name);
  }

  relu(x: string, name?: string): string {
    return this.add('Relu', [x], FLOAT, name);
  }

  sigmoid(x: string, name: string): string {
    return this.add('Sigmoid', [x], FLOAT, name);
  }

  /** `kernel` is [inputs,outputs]. */
  connect(x: string, kernel: string, bias: string, name?: string): string {
    return this.add('BiasAdd', [this.add('MatMul', [x, kernel]), bias], { ...FLOAT, ...NHWC }, name);
  }
}
