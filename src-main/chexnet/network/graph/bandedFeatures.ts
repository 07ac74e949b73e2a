/**
 * One film on several threads. An operation of a DenseNet on one film is over in a tenth of a millisecond, about as
 * long as it takes to wake a thread: TensorFlow gains nothing by cutting each of them in two. So the film is cut, once,
 * into bands of rows, and each thread goes through the layers with its own; a 3×3 convolution is where bands need a
 * row of each other.
 */
import type { FoldedLayer, FoldedNetwork, FoldedTransition, ScaleShift } from '../fold';
import type { Pool } from '../densenet121';
import type { Features, InferenceWriter } from './inferenceWriter';

type Range = { readonly from: number; readonly to: number };
/** Some rows of a tensor: their name, and how many they are. */
type Band = { readonly x: string; readonly height: number };
/** The same of all that a stage has made so far. */
type GrownBand = { readonly features: Features; readonly height: number };
type Window = Pick<Pool, 'size' | 'stride' | 'pad'>;

/** Rows below which a band is not worth its thread. */
const FEWEST_ROWS = 3;

/** The rows that a window sees for some rows of its result, and how many of its padding's are among them. */
function seenRows({ from, to }: Range, { size, stride, pad }: Window, rows: number) {
  const first = from * stride - pad;
  const end = (to - 1) * stride - pad + size;
  const seen = { from: Math.max(0, first), to: Math.min(rows, end) };
  return { seen, padding: { top: seen.from - first, bottom: end - seen.to, sides: pad } };
}

/** Up to `wanted` bands whose heights differ by a row at most. */
function cutIntoBands(rows: number, wanted: number): Range[] {
  const count = Math.max(1, Math.min(wanted, Math.floor(rows / FEWEST_ROWS)));
  const start = (band: number): number => Math.round((band * rows) / count);
  return Array.from({ length: count }, (_, i) => ({ from: start(i), to: start(i + 1) }));
}

/** First convolution and max pool: each band from the rows of the film that it sees. */
function stemBands(
  writer: InferenceWriter,
  film: string,
  { stem }: FoldedNetwork,
  size: number,
  cut: readonly Range[],
): Band[] {
  const { conv, pool } = stem;
  const convolution = { size: conv.filterShape[0], stride: conv.stride, pad: conv.pad };
  return cut.map((band) => {
    const pooled = seenRows(band, pool, size / 2);
    const convolved = seenRows(pooled.seen, convolution, size);
    const rows = writer.rows(film, convolved.seen.from, convolved.seen.to);
    const sum = writer.addBias(writer.foldBand(rows, conv, convolved.padding), writer.constant(conv.bias));
    // After a ReLU zeros are as good as −∞.
    const x = writer.maxPool(writer.padBand(writer.relu(sum), pooled.padding), { ...pool, pad: 0 });
    return { x, height: band.to - band.from };
  });
}

/**
 * A band is stacked after it has given its own edges away. TensorFlow's thread goes on with the last of what its
 * operation made ready, what waits for an order behind what waits for data, and leaves the rest to other threads: so
 * each band stays on its thread, near its data. In another order they change threads at every layer.
 */
function denseLayer(
  writer: InferenceWriter,
  bands: readonly GrownBand[],
  { before, conv1, conv2 }: FoldedLayer,
): GrownBand[] {
  const last = bands.length - 1;
  const narrow = bands.map(({ features }) => writer.foldAndActivate(writer.activate(features, before), conv1));
  const topRow = narrow.map((band, i) => (i > 0 ? [writer.rows(band, 0, 1)] : []));
  const bottomRow = narrow.map((band, i) => {
    const { height } = bands[i]!;
    return i < last ? [writer.rows(band, height - 1, height)] : [];
  });
  return bands.map(({ features, height }, i) => {
    const parts = [...(bottomRow[i - 1] ?? []), narrow[i]!, ...(topRow[i + 1] ?? [])];
    const seen = writer.stack(parts, [...topRow[i]!, ...bottomRow[i]!]);
    const padding = { top: i > 0 ? 0 : 1, bottom: i < last ? 0 : 1, sides: 1 };
    return { features: writer.append(features, writer.foldBand(seen, conv2, padding)), height };
  });
}

function activateBands(writer: InferenceWriter, bands: readonly GrownBand[], before: ScaleShift): Band[] {
  return bands.map(({ features, height }) => ({ x: writer.activate(features, before), height }));
}

/** Bands whose heights the pool does not divide become one. */
function transition(
  writer: InferenceWriter,
  bands: readonly GrownBand[],
  { before, pool, conv }: FoldedTransition,
): Band[] {
  const active = activateBands(writer, bands, before);
  const pooled = active.every(({ height }) => height % pool.stride === 0) ? active : [joinBands(writer, active)];
  return pooled.map(({ x, height }) => ({
    x: writer.fold(writer.averagePool(x, pool), conv),
    height: Math.floor(height / pool.stride),
  }));
}

function countRows(bands: readonly Band[]): number {
  return bands.reduce((sum, { height }) => sum + height, 0);
}

function joinBands(writer: InferenceWriter, bands: readonly Band[]): Band {
  return { x: writer.stack(bands.map(({ x }) => x)), height: countRows(bands) };
}

/** What a stage has made, activated, in one piece of that name. */
function joinActive(writer: InferenceWriter, bands: readonly GrownBand[], before: ScaleShift, name: string): void {
  if (bands.length === 1) {
    writer.activate(bands[0]!.features, before, name);
    return;
  }
  const rows = activateBands(writer, bands, before).map(({ x }) => x);
  writer.stack(rows, [], name);
}

/** As they are where they are cut well already. */
function cutAnew(writer: InferenceWriter, bands: readonly Band[], wanted: number): readonly Band[] {
  const cut = cutIntoBands(countRows(bands), wanted);
  if (cut.length === bands.length) return bands;
  const { x } = joinBands(writer, bands);
  return cut.map(({ from, to }) => ({ x: writer.rows(x, from, to), height: to - from }));
}

/** [1,size,size,channels] → what the last norm and its ReLU make, under that name. `threads` ≥ 1. */
export function writeBandedFeatures(
  writer: InferenceWriter,
  film: string,
  network: FoldedNetwork,
  { size, threads, name }: { readonly size: number; readonly threads: number; readonly name: string },
): void {
  let bands: readonly Band[] = stemBands(writer, film, network, size, cutIntoBands(size / 4, threads));
  for (const { layers, transition: next } of network.stages) {
    const begun = bands.map(({ x, height }): GrownBand => ({ features: [x], height }));
    const grown = layers.reduce((before: readonly GrownBand[], layer) => denseLayer(writer, before, layer), begun);
    if (next === null) joinActive(writer, grown, network.last, name);
    else bands = cutAnew(writer, transition(writer, grown, next), threads);
  }
}
