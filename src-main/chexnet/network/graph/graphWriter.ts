/**
 * Writes a graph node by node, with the operations that a DenseNet is made of: NHWC, float32. Each call adds nodes
 * and returns the name from which the next one starts.
 */
import { attribute, type DataType, type GraphAttribute, type GraphNode } from './graphDef';

/** Rows and columns alike; `pad` zeros on every side. */
export type Window = { readonly size: number; readonly stride: number; readonly pad: number };

export const FLOAT = { T: attribute.type('float32') };
export const NHWC = { data_format: attribute.text('NHWC') };
/** The axis of them. */
export const CHANNELS = 3;

function paddings(pad: number): number[] {
  return [0, 0, pad, pad, pad, pad, 0, 0];
}

/** As an input it hands nothing on: it only says that this node must have run. */
export function control(node: string): string {
  return `^${node.split(':')[0]!}`;
}

function squared(size: number): GraphAttribute {
  return attribute.integers([1, size, size, 1]);
}

/** The padding is explicit: `SAME` pads otherwise at stride 2. */
export function convolutionAttributes({ stride, pad }: Pick<Window, 'stride' | 'pad'>): GraphNode['attributes'] {
  return {
    ...FLOAT,
    ...NHWC,
    strides: squared(stride),
    padding: attribute.text(pad === 0 ? 'VALID' : 'EXPLICIT'),
    explicit_paddings: attribute.integers(pad === 0 ? [] : paddings(pad)),
    dilations: squared(1),
  };
}

/** Of pools; what they pad is padded before. */
export function poolAttributes({ size, stride }: Pick<Window, 'size' | 'stride'>): GraphNode['attributes'] {
  const padding = attribute.text('VALID');
  return { ...FLOAT, ...NHWC, ksize: squared(size), strides: squared(stride), padding };
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

  /** `filter` is [size,size,inputs,outputs]. */
  convolve(x: string, filter: string, window: Pick<Window, 'stride' | 'pad'>): string {
    return this.add('Conv2D', [x, filter], convolutionAttributes(window));
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

  #pool(operator: string, x: string, window: Window): string {
    const padded = window.pad === 0 ? x : this.pad(x, window.pad);
    return this.add(operator, [padded], poolAttributes(window));
  }

  /** Zeros around rows and columns. */
  pad(x: string, pad: number): string {
    const widths = this.constant(Int32Array.from(paddings(pad)), [4, 2]);
    return this.add('Pad', [x, widths], { ...FLOAT, Tpaddings: attribute.type('int32') });
  }

  /** Of two, along the channels. */
  concatenate(x: string, y: string): string {
    return this.concatenateAlong(this.constant(Int32Array.of(CHANNELS), []), [x, y]);
  }

  /** Two or more, along the axis of that constant, once all of `after` are there. */
  protected concatenateAlong(
    axis: string,
    parts: readonly string[],
    after: readonly string[] = [],
    name?: string,
  ): string {
    const attributes = { ...FLOAT, N: attribute.integer(parts.length), Tidx: attribute.type('int32') };
    return this.add('ConcatV2', [...parts, axis, ...after.map(control)], attributes, name);
  }

  /** [n,rows,columns,channels] → [n,channels]. */
  averagePlaces(x: string, name?: string): string {
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
