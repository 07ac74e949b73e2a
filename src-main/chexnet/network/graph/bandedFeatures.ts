/**
 * One film on several threads. An operation of a DenseNet on one film is over in a tenth of a millisecond, about as
 * long as it takes to wake a thread: TensorFlow gains nothing by cutting each of them in two. So the film is cut, once,
 * into bands of rows, and each thread goes through the layers with its own; a 3×3 convolution is where bands need a
 * row of each other.
 */
import type { FoldedLayer, FoldedNetwork, FoldedTransition } from '../fold';
import type { Pool } from '../densenet121';
import type { InferenceWriter } from './inferenceWriter';

type Range = { readonly from: number; readonly to: number };
type Window = Pick<Pool, 'size' | 'stride' | 'pad'>;

/** Rows below which a band is not worth its thread. */
const FEWEST_ROWS = 7;

/** The rows that a window sees for some rows of its result, and how many of its padding's are among them. */
function seenRows({ from, to }: Range, { size, stride, pad }: Window, rows: number) {
  const first = from * stride - pad;
  const end = (to - 1) * stride - pad + size;
  const seen = { from: Math.max(0, first), to: Math.min(rows, end) };
  return { seen, padding: { top: seen.from - first, bottom: end - seen.to, sides: pad } };
}

/** The most bands of equal height, up to `wanted`, which is a power of two. */
function bandCount(rows: number, wanted: number): number {
  let count = wanted;
  while (count > 1 && (rows % count !== 0 || rows / count < FEWEST_ROWS)) count /= 2;
  return count;
}

function equalBands(rows: number, count: number): Range[] {
  const height = rows / count;
  return Array.from({ length: count }, (_, i) => ({ from: i * height, to: (i + 1) * height }));
}

/** First convolution and max pool: each band from the rows of the film that it sees. */
function stemBands(writer: InferenceWriter, film: string, { stem }: FoldedNetwork, size: number, count: number) {
  const { conv, pool } = stem;
  const convolution = { size: conv.filterShape[0], stride: conv.stride, pad: conv.pad };
  return equalBands(size / 4, count).map((band) => {
    const pooled = seenRows(band, pool, size / 2);
    const convolved = seenRows(pooled.seen, convolution, size);
    const rows = writer.rows(film, convolved.seen.from, convolved.seen.to);
    const sum = writer.addBias(writer.foldBand(rows, conv, convolved.padding), writer.constant(conv.bias));
    // After a ReLU zeros are as good as −∞.
    return writer.maxPool(writer.padBand(writer.relu(sum), pooled.padding), { ...pool, pad: 0 });
  });
}

function denseLayer(writer: InferenceWriter, bands: readonly string[], height: number, layer: FoldedLayer): string[] {
  const { before, conv1, conv2 } = layer;
  const last = bands.length - 1;
  const narrow = bands.map((band) => writer.foldAndActivate(writer.scaleShiftAndActivate(band, before), conv1));
  return bands.map((band, i) => {
    const above = i > 0 ? [writer.rows(narrow[i - 1]!, height - 1, height)] : [];
    const below = i < last ? [writer.rows(narrow[i + 1]!, 0, 1)] : [];
    const padding = { top: i > 0 ? 0 : 1, bottom: i < last ? 0 : 1, sides: 1 };
    return writer.concatenate(band, writer.foldBand(writer.stack([...above, narrow[i]!, ...below]), conv2, padding));
  });
}

/** To the whole film again; bands of an odd height can not be pooled one by one. */
function transition(writer: InferenceWriter, bands: readonly string[], height: number, layer: FoldedTransition) {
  const { before, pool, conv } = layer;
  const shrink = (x: string): string => writer.fold(writer.averagePool(x, pool), conv);
  const active = bands.map((band) => writer.scaleShiftAndActivate(band, before));
  return height % pool.stride === 0 ? writer.stack(active.map(shrink)) : shrink(writer.stack(active));
}

/** [1,size,size,channels] → what the last stage makes, before the last norm. `threads` ≥ 1. */
export function writeBandedStages(
  writer: InferenceWriter,
  film: string,
  network: FoldedNetwork,
  size: number,
  threads: number,
): string {
  const wanted = 2 ** Math.floor(Math.log2(threads));
  let rows = size / 4;
  let bands = stemBands(writer, film, network, size, bandCount(rows, wanted));
  for (const { layers, transition: next } of network.stages) {
    const height = rows / bands.length;
    bands = layers.reduce((x, layer) => denseLayer(writer, x, height, layer), bands);
    if (next === null) break;
    const whole = transition(writer, bands, height, next);
    rows = Math.floor(rows / next.pool.stride);
    const count = bandCount(rows, wanted);
    bands = count === 1 ? [whole] : equalBands(rows, count).map(({ from, to }) => writer.rows(whole, from, to));
  }
  return writer.stack(bands);
}
