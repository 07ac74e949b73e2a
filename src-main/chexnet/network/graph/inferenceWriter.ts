/**
 * What inference adds to a graph: the folded network's layers, and rows of them, for copies of the network that share
 * their weights and for films in bands.
 */
import type { ActivatedConvolution, FoldedConvolution, ScaleShift } from '../fold';
import { attribute } from './graphDef';
import { convolutionAttributes, FLOAT, GraphWriter } from './graphWriter';

/**
 * What a stage has made so far, all its channels: one tensor, or several that are one when joined along the channels.
 */
export type Features = readonly string[];

/** Zeros above, below, and on either side. */
export type RowPadding = { readonly top: number; readonly bottom: number; readonly sides: number };

/** Of src-native/joinAndActivate.cc. */
const JOIN_AND_ACTIVATE = 'HilumJoinAndActivate';
const ROWS = 1;
const INDEX = { Index: attribute.type('int32') };

function paddings({ top, bottom, sides }: RowPadding): number[] {
  return [0, 0, top, bottom, sides, sides, 0, 0];
}

export class InferenceWriter extends GraphWriter {
  readonly #constants = new Map<Float32Array | string, string>();
  readonly #ownOperation: boolean;

  /** With Hilum's own operation only TensorFlow on this computer's processor can run the graph, once that is loaded. */
  constructor({ ownOperation }: { readonly ownOperation: boolean }) {
    super();
    this.#ownOperation = ownOperation;
  }

  /** Once for each array of weights, and for each content of a small one. */
  override constant(data: Float32Array | Int32Array, shape: readonly number[] = [data.length]): string {
    const key = data instanceof Float32Array ? data : `${data.join()} as ${shape.join()}`;
    const name = this.#constants.get(key) ?? super.constant(data, shape);
    this.#constants.set(key, name);
    return name;
  }

  fold(x: string, conv: FoldedConvolution): string {
    return this.convolve(x, this.constant(conv.filter, conv.filterShape), conv);
  }

  foldAndActivate(x: string, conv: ActivatedConvolution): string {
    return this.relu(this.addBias(this.fold(x, conv), this.constant(conv.bias)));
  }

  /** With a padding of its own above and below, as a band of a film needs it. */
  foldBand(x: string, { filter, filterShape, stride }: FoldedConvolution, padding: RowPadding): string {
    return this.add('Conv2D', [x, this.constant(filter, filterShape)], {
      ...convolutionAttributes({ stride, pad: 0 }),
      padding: attribute.text('EXPLICIT'),
      explicit_paddings: attribute.integers(paddings(padding)),
    });
  }

  append(features: Features, x: string): Features {
    return this.#ownOperation ? [...features, x] : [this.concatenate(features[0]!, x)];
  }

  /** max(0, features · scale + shift). */
  activate(features: Features, before: ScaleShift, name?: string): string {
    if (!this.#ownOperation) return this.#activateByConvolution(features[0]!, before, name);
    const inputs = [...features, this.constant(before.scale), this.constant(before.shift)];
    return this.add(JOIN_AND_ACTIVATE, inputs, { N: attribute.integer(features.length) }, name);
  }

  /** A depthwise 1×1 convolution: TensorFlow makes one pass of the three, at four times the speed of its batch norm. */
  #activateByConvolution(x: string, { scale, shift }: ScaleShift, name?: string): string {
    const filter = this.constant(scale, [1, 1, scale.length, 1]);
    const scaled = this.add('DepthwiseConv2dNative', [x, filter], convolutionAttributes({ stride: 1, pad: 0 }));
    return this.relu(this.addBias(scaled, this.constant(shift)), name);
  }

  padBand(x: string, padding: RowPadding): string {
    const widths = this.constant(Int32Array.from(paddings(padding)), [4, 2]);
    return this.add('Pad', [x, widths], { ...FLOAT, Tpaddings: attribute.type('int32') });
  }

  /** Rows `from` up to `to`, exclusive. */
  rows(x: string, from: number, to: number): string {
    const begin = this.constant(Int32Array.of(0, from, 0, 0));
    const size = this.constant(Int32Array.of(-1, to - from, -1, -1));
    return this.add('Slice', [x, begin, size], { ...FLOAT, ...INDEX });
  }

  /** One below the other, once all of `after` are there. Of a single one nothing is made, and nothing named. */
  stack(bands: readonly string[], after: readonly string[] = [], name?: string): string {
    if (bands.length === 1) return bands[0]!;
    return this.concatenateAlong(this.constant(Int32Array.of(ROWS), []), bands, after, name);
  }
}
