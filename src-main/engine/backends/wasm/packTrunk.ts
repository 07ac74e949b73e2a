/** The weights of all layers before the head, on the heap, as the kernels read them. */
import type { ActivatedConvolution, FoldedConvolution, FoldedNetwork, ScaleShift } from '#main/chexnet/network/fold';
import type { Pool } from '#main/chexnet/network/densenet121';
import type { Heap } from './heap';
import { packPanels, packWinograd, padColumns, WINOGRAD_PLACES } from './packWeights';

/** Addresses. */
export type PackedScaleShift = { readonly scale: number; readonly shift: number; readonly channels: number };

export type PackedConvolution = {
  readonly size: number;
  readonly stride: number;
  readonly pad: number;
  readonly outputs: number;
  readonly weights: number;
  readonly bias: number;
  /** Of the matrix: all inputs of one output, or one place of them in Winograd's way. */
  readonly depth: number;
  /** Outputs up to whole panels. */
  readonly columns: number;
};

export type PackedLayer = {
  readonly before: PackedScaleShift;
  readonly conv1: PackedConvolution;
  readonly conv2: PackedConvolution;
};

export type PackedTransition = {
  readonly before: PackedScaleShift;
  readonly pool: Pool;
  readonly conv: PackedConvolution;
};

export type PackedTrunk = {
  readonly inputChannels: number;
  readonly stem: { readonly conv: PackedConvolution; readonly pool: Pool };
  readonly stages: readonly { readonly layers: readonly PackedLayer[]; readonly transition: PackedTransition | null }[];
  readonly last: PackedScaleShift;
};

function put(heap: Heap, numbers: Float32Array): number {
  const address = heap.reserve(padColumns(numbers.length));
  heap.floats(address, numbers.length).set(numbers);
  return address;
}

function packScaleShift(heap: Heap, { scale, shift }: ScaleShift): PackedScaleShift {
  return { scale: put(heap, scale), shift: put(heap, shift), channels: scale.length };
}

function packConvolution(heap: Heap, conv: FoldedConvolution | ActivatedConvolution): PackedConvolution {
  const { filter, filterShape, stride, pad } = conv;
  const [size, , inputs, outputs] = filterShape;
  const [depth, columns] = [size * size * inputs, padColumns(outputs)];
  const weights = heap.reserve(depth * columns);
  packPanels(filter, depth, outputs, heap.floats(weights, depth * columns));
  const bias = put(heap, 'bias' in conv ? conv.bias : new Float32Array(outputs));
  return { size, stride, pad, outputs, weights, bias, depth, columns };
}

/** A 3×3 convolution of stride 1. */
function packForWinograd(heap: Heap, { filter, filterShape, stride, pad }: FoldedConvolution): PackedConvolution {
  const [size, , depth, outputs] = filterShape;
  const columns = padColumns(outputs);
  const length = WINOGRAD_PLACES * depth * columns;
  const weights = heap.reserve(length);
  packWinograd(filter, depth, outputs, heap.floats(weights, length));
  return { size, stride, pad, outputs, weights, bias: heap.reserve(columns), depth, columns };
}

export function packTrunk(heap: Heap, { inputChannels, stem, stages, last }: FoldedNetwork): PackedTrunk {
  return {
    inputChannels,
    stem: { conv: packConvolution(heap, stem.conv), pool: stem.pool },
    stages: stages.map(({ layers, transition }) => ({
      layers: layers.map(({ before, conv1, conv2 }) => ({
        before: packScaleShift(heap, before),
        conv1: packConvolution(heap, conv1),
        conv2: packForWinograd(heap, conv2),
      })),
      transition: transition && {
        before: packScaleShift(heap, transition.before),
        pool: transition.pool,
        conv: packConvolution(heap, transition.conv),
      },
    })),
    last: packScaleShift(heap, last),
  };
}
