/**
 * What training adds to a graph: variables, arithmetic, and the operations that TensorFlow's own gradients are made
 * of. Still node by node: the chain rule is the tape's (trainingTape.ts).
 */
import { attribute, type GraphNode } from './graphDef';
import { CHANNELS, convolutionAttributes, FLOAT, GraphWriter, NHWC, poolAttributes, type Window } from './graphWriter';

const DTYPE = { dtype: attribute.type('float32') };
const INDEX = { Tidx: attribute.type('int32') };

/** A batch norm's parameters, [channels] each. */
export type NormParameters = { readonly scale: string; readonly shift: string };
export type NormStatistics = { readonly mean: string; readonly variance: string };

/** `node:3`, or `node` for 0: how a graph names an output that is not the first. */
export function outputOf(node: string, index: number): string {
  return index === 0 ? node : `${node}:${index}`;
}

/** As an input it hands nothing on: it only says that this node must have run. */
function control(node: string): string {
  return `^${node.split(':')[0]!}`;
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
    return this.add('ConcatV2', [...parts, axis, control(after)], {
      ...FLOAT,
      ...INDEX,
      N: attribute.integer(parts.length),
    });
  }

  /** (x − mean) / √(variance + ε) · scale + shift, with given statistics. */
  normalise(x: string, { scale, shift }: NormParameters, { mean, variance }: NormStatistics, epsilon: number): string {
    return this.add('FusedBatchNormV3', [x, scale, shift, mean, variance], normAttributes(epsilon, false));
  }

  /**
   * The same with the batch's own statistics. Outputs: y, mean, unbiased variance, then mean, biased variance and a
   * reserve for `normaliseBatchBack`.
   */
  normaliseBatch(x: string, { scale, shift }: NormParameters, epsilon: number): string {
    const none = this.#once('none', () => this.constant(new Float32Array(0)));
    return this.add('FusedBatchNormV3', [x, scale, shift, none, none], normAttributes(epsilon, true));
  }

  /** Outputs: gradients of x, scale and shift. `forward` is the node of `normaliseBatch`. */
  normaliseBatchBack(gradient: string, x: string, scale: string, forward: string, epsilon: number): string {
    const reserves = [3, 4, 5].map((index) => outputOf(forward, index));
    return this.add('FusedBatchNormGradV3', [gradient, x, scale, ...reserves], normAttributes(epsilon, true));
  }

  convolveBackToFilter(x: string, filterShape: readonly number[], gradient: string, window: Window): string {
    const inputs = [x, this.integers(filterShape), gradient];
    return this.add('Conv2DBackpropFilter', inputs, convolutionAttributes(window));
  }

  /** `like` has the shape of what was convolved. */
  convolveBackToInput(like: string, filter: string, gradient: string, window: Window): string {
    const inputs = [this.shapeOf(like), filter, gradient];
    return this.add('Conv2DBackpropInput', inputs, convolutionAttributes(window));
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

function normAttributes(epsilon: number, training: boolean): GraphNode['attributes'] {
  return {
    ...FLOAT,
    ...NHWC,
    U: attribute.type('float32'),
    epsilon: attribute.float(epsilon),
    is_training: attribute.boolean(training),
  };
}
