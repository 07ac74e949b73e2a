/**
 * What training adds to a graph: variables, arithmetic, and the operations that TensorFlow's own gradients are made
 * of. Still node by node: the chain rule is the tape's (trainingTape.ts).
 */
import { attribute, type GraphNode } from './graphDef';
import {
  CHANNELS,
  control,
  convolutionAttributes,
  FLOAT,
  GraphWriter,
  NHWC,
  poolAttributes,
  type Window,
} from './graphWriter';

const DTYPE = { dtype: attribute.type('float32') };
const INDEX = { Tidx: attribute.type('int32') };

/** A batch norm's parameters, [channels] each. */
export type NormParameters = { readonly scale: string; readonly shift: string };
export type NormStatistics = { readonly mean: string; readonly variance: string };

/** `node:3`, or `node` for 0: how a graph names an output that is not the first. */
export function outputOf(node: string, index: number): string {
  return index === 0 ? node : `${node}:${index}`;
}

export class TrainingWriter extends GraphWriter {
  readonly #constants = new Map<string, string>();

  scalar(value: number): string {
    return this.#once(`scalar ${value}`, () => this.constant(Float32Array.of(value), []));
  }

  integers(values: readonly number[]): string {
    return this.#once(`integers ${values.join()}`, () => this.constant(Int32Array.from(values)));
  }

  #once(key: string, make: () => string): string {
    const known = this.#constants.get(key) ?? make();
    this.#constants.set(key, known);
    return known;
  }

  variable(name: string, shape: readonly number[]): string {
    const shared = { shared_name: attribute.text(name), container: attribute.text('') };
    return this.add('VarHandleOp', [], { ...DTYPE, shape: attribute.shape(shape), ...shared }, `variable/${name}`);
  }

  read(variable: string): string {
    return this.add('ReadVariableOp', [variable], DTYPE);
  }

  /** These three change a variable and hand on nothing: `after` makes them run. */
  assign(variable: string, value: string): string {
    return this.add('AssignVariableOp', [variable, value], DTYPE);
  }

  assignSum(variable: string, value: string): string {
    return this.add('AssignAddVariableOp', [variable, value], DTYPE);
  }

  applyAdam(inputs: readonly string[]): string {
    return this.add('ResourceApplyAdam', inputs, FLOAT);
  }

  /** x, once all of `nodes` have run. */
  after(x: string, nodes: readonly string[], name?: string): string {
    return this.add('Identity', [x, ...nodes.map(control)], FLOAT, name);
  }

  /** A buffer of its own: what is fed lies in JavaScript's memory, and no variable may outlive that. */
  copy(x: string): string {
    return this.add('DeepCopy', [x]);
  }

  sum(x: string, axes: readonly number[], name?: string): string {
    return this.add('Sum', [x, this.integers(axes)], { ...FLOAT, ...INDEX }, name);
  }

  zeros(shape: readonly number[]): string {
    return this.add('Fill', [this.integers(shape), this.scalar(0)], { ...FLOAT, index_type: attribute.type('int32') });
  }

  addUp(terms: readonly string[]): string {
    if (terms.length === 2) return this.add('AddV2', terms);
    return this.add('AddN', terms, { ...FLOAT, N: attribute.integer(terms.length) });
  }

  shapeOf(x: string): string {
    return this.add('Shape', [x], FLOAT);
  }

  transpose(x: string, order: readonly number[], name?: string): string {
    return this.add('Transpose', [x, this.integers(order)], { ...FLOAT, Tperm: attribute.type('int32') }, name);
  }

  /** `sizes`: −1 is all that is left. */
  slice(x: string, begin: readonly number[], sizes: readonly number[]): string {
    const range = [this.integers(begin), this.integers(sizes)];
    return this.add('Slice', [x, ...range], { ...FLOAT, Index: attribute.type('int32') });
  }

  /** The inside of x, of the size that `like` has; `pad` rows and columns are left out before it. */
  crop(x: string, pad: number, like: string): string {
    const range = [this.integers([0, pad, pad, 0]), this.shapeOf(like)];
    return this.add('Slice', [x, ...range], { ...FLOAT, Index: attribute.type('int32') });
  }

  /** Gradient of the mean y [n,channels] over the places of x [n,rows,columns,channels]. */
  averagePlacesBack(x: string, y: string, channels: number, gradient: string): string {
    const share = this.add('RealDiv', [this.#count(y), this.#count(x)]);
    const scaled = this.add('Mul', [gradient, share]);
    const single = this.add('Reshape', [scaled, this.integers([-1, 1, 1, channels])]);
    return this.add('BroadcastTo', [single, this.shapeOf(x)], { ...FLOAT, ...INDEX });
  }

  #count(x: string): string {
    const types = { SrcT: attribute.type('int32'), DstT: attribute.type('float32') };
    return this.add('Cast', [this.add('Size', [x])], types);
  }

  multiplyMatrices(a: string, b: string, transposed: { readonly a?: boolean; readonly b?: boolean } = {}): string {
    const { a: left = false, b: right = false } = transposed;
    const turns = { transpose_a: attribute.boolean(left), transpose_b: attribute.boolean(right) };
    return this.add('MatMul', [a, b], { ...FLOAT, ...turns });
  }

  /** Several, along the channels; `after` waits for that node. */
  concatenateAll(parts: readonly string[], after: string): string {
    const axis = this.#once('axis', () => this.constant(Int32Array.of(CHANNELS), []));
    return this.concatenateAlong(axis, parts, [after]);
  }

  /**
   * Of each channel over films and places, the variance biased. Summed axis by axis: one running sum of a hundred
   * thousand float32 numbers would be wrong in the sixth digit, and turn ReLUs over.
   */
  measure(x: string): NormStatistics {
    const mean = this.#average(x);
    return { mean, variance: this.#average(this.add('SquaredDifference', [x, mean])) };
  }

  #average(x: string): string {
    return [2, 1, 0].reduce((sum, axis) => this.add('Mean', [sum, this.integers([axis])], { ...FLOAT, ...INDEX }), x);
  }

  /** Several vectors as one. */
  join(vectors: readonly string[]): string {
    const axis = this.#once('first axis', () => this.constant(Int32Array.of(0), []));
    return this.concatenateAlong(axis, vectors);
  }

  /** variance · n/(n−1), n the numbers of each of the `channels` of x. */
  unbias(variance: string, x: string, channels: number): string {
    const count = this.add('RealDiv', [this.#count(x), this.scalar(channels)]);
    const others = this.add('Maximum', [this.add('Sub', [count, this.scalar(1)]), this.scalar(1)]);
    return this.add('Mul', [variance, this.add('RealDiv', [count, others])]);
  }

  /** (x − mean) / √(variance + ε) · scale + shift as a factor and an addend for each channel. */
  foldNorm({ scale, shift }: NormParameters, { mean, variance }: NormStatistics, epsilon: number): NormParameters {
    const inverse = this.add('Rsqrt', [this.add('AddV2', [variance, this.scalar(epsilon)])]);
    const factor = this.add('Mul', [scale, inverse]);
    return { scale: factor, shift: this.add('Sub', [shift, this.add('Mul', [mean, factor])]) };
  }

  /**
   * max(0, x · scale + shift), as a depthwise 1×1 convolution: TensorFlow makes one pass of the three. `after` waits
   * for that node.
   */
  scaleAndActivate(x: string, { scale, shift }: NormParameters, channels: number, after?: string): string {
    const filter = this.add('Reshape', [scale, this.integers([1, 1, channels, 1])]);
    const waiting = after === undefined ? filter : this.after(filter, [after]);
    const attributes = convolutionAttributes({ stride: 1, pad: 0 });
    return this.relu(this.addBias(this.add('DepthwiseConv2dNative', [x, waiting], attributes), shift));
  }

  /** Outputs: gradients of x, scale and shift of a batch norm with the batch's statistics. */
  normBack(gradient: string, x: string, scale: string, { mean, variance }: NormStatistics, epsilon: number): string {
    const none = this.#once('none', () => this.constant(new Float32Array(0)));
    return this.add('FusedBatchNormGradV3', [gradient, x, scale, mean, variance, none], {
      ...FLOAT,
      ...NHWC,
      U: attribute.type('float32'),
      epsilon: attribute.float(epsilon),
      is_training: attribute.boolean(true),
    });
  }

  /** `window` pads nothing, or at stride 1 so much that the size stays. */
  convolveSame(x: string, filter: string, window: Window): string {
    return this.add('Conv2D', [x, filter], sameAttributes(window));
  }

  convolveBackToFilter(x: string, filterShape: readonly number[], gradient: string, window: Window): string {
    const inputs = [x, this.integers(filterShape), gradient];
    return this.add('Conv2DBackpropFilter', inputs, sameAttributes(window));
  }

  /** `like` has the shape of what was convolved. */
  convolveBackToInput(like: string, filter: string, gradient: string, window: Window): string {
    const inputs = [this.shapeOf(like), filter, gradient];
    return this.add('Conv2DBackpropInput', inputs, sameAttributes(window));
  }

  maxPoolBack(x: string, y: string, gradient: string, window: Window): string {
    return this.add('MaxPoolGrad', [x, y, gradient], poolAttributes(window));
  }

  averagePoolBack(like: string, gradient: string, window: Window): string {
    return this.add('AvgPoolGrad', [this.shapeOf(like), gradient], poolAttributes(window));
  }

  reluBack(y: string, gradient: string): string {
    return this.add('ReluGrad', [gradient, y]);
  }
}

/** oneDNN has no gradients for an explicit padding: TensorFlow's own are three times as slow. */
function sameAttributes(window: Window): GraphNode['attributes'] {
  const padding = attribute.text(window.pad === 0 ? 'VALID' : 'SAME');
  return { ...convolutionAttributes({ ...window, pad: 0 }), padding };
}
