/**
 * The program that the kernels run for one film of a given size: every layer before the head, in its order.
 *
 * Each block has one image for all of its channels. A dense layer reads those that are there and writes its own behind
 * them: what the paper calls concatenation moves nothing.
 */
import { ACTIVATE, MAX_POOL, PATCHES, POINTWISE, POOLED_POINTWISE, WINOGRAD } from '#main/engine/kernels/stepKinds';
import type { Pool } from '#main/chexnet/network/densenet121';
import type { Heap } from './heap';
import { padColumns, WINOGRAD_PLACES } from './packWeights';
import type { PackedConvolution, PackedLayer, PackedTransition, PackedTrunk } from './packTrunk';

/** The fields of a step, in the order of the kernels' `Step`. */
const FIELDS = [
  'ticketLow',
  'ticketHigh',
  'done',
  'chunks',
  'kind',
  'rows',
  'rowsPerChunk',
  'source',
  'sourceStride',
  'height',
  'width',
  'channels',
  'target',
  'targetStride',
  'targetHeight',
  'targetWidth',
  'size',
  'stride',
  'pad',
  'scale',
  'shift',
  'weights',
  'depth',
  'columns',
  'bias',
  'relu',
] as const;

type Step = Readonly<Partial<Record<(typeof FIELDS)[number], number>>>;

/** An image on the heap: its address, and how many bytes lie from place to place. */
type Image = {
  readonly address: number;
  readonly stride: number;
  readonly height: number;
  readonly width: number;
};

/** Whose source and target are told when it runs. */
export type Program = {
  readonly address: number;
  readonly steps: number;
  readonly scratchFloats: number;
  /** [rows,columns,channels] of the result. */
  readonly shape: readonly [number, number, number];
};

const FLOAT_BYTES = 4;
const CACHE_LINE_FLOATS = 16;
/** Rows of a tile of `multiply`: what it reads and writes more than it should, is less than one. */
const TILE_ROWS = 4;
/** Enough for threads that do not keep step to end together; each costs some hundred nanoseconds. */
const CHUNKS = 48;
const MOST_ROWS = 32;
/** Of a tile there are 16 rows. */
const MOST_TILES = 16;

function makeImage(heap: Heap, height: number, width: number, channels: number): Image {
  const address = heap.reserve((height * width + TILE_ROWS) * channels);
  return { address, stride: channels * FLOAT_BYTES, height, width };
}

function outputSide(side: number, { size, stride, pad }: Pool): number {
  return Math.floor((side + 2 * pad - size) / stride) + 1;
}

/** The same place of all pixels, `channel` further. */
function behind(image: Image, channel: number): Image {
  return { ...image, address: image.address + channel * FLOAT_BYTES };
}

function read({ address, stride, height, width }: Image): Step {
  return { source: address, sourceStride: stride, height, width };
}

function write({ address, stride, height, width }: Image): Step {
  return { target: address, targetStride: stride, targetHeight: height, targetWidth: width };
}

function divide(rows: number, most: number): Step {
  const even = Math.ceil(rows / CHUNKS / TILE_ROWS) * TILE_ROWS;
  const rowsPerChunk = Math.min(even, most);
  return { rows, rowsPerChunk, chunks: Math.ceil(rows / rowsPerChunk) };
}

function multiply({ weights, depth, columns, bias }: PackedConvolution, relu: boolean): Step {
  return { weights, depth, columns, bias, relu: relu ? 1 : 0 };
}

function placesOf({ height, width }: Image): number {
  return height * width;
}

function convolvePatches(source: Image, channels: number, conv: PackedConvolution, target: Image): Step {
  const { size, stride, pad } = conv;
  return {
    kind: PATCHES,
    ...divide(placesOf(target), MOST_ROWS),
    ...read(source),
    ...write(target),
    ...multiply(conv, true),
    channels,
    size,
    stride,
    pad,
  };
}

function maxPool(source: Image, channels: number, { size, stride, pad }: Pool, target: Image): Step {
  const rows = divide(placesOf(target), MOST_ROWS);
  return { kind: MAX_POOL, ...rows, ...read(source), ...write(target), channels, size, stride, pad };
}

function denseLayer(layer: PackedLayer, block: Image, between: Image): Step[] {
  const { before, conv1, conv2 } = layer;
  const tiles = Math.ceil(block.height / 2) * Math.ceil(block.width / 2);
  const rows = divide(placesOf(block), MOST_ROWS);
  const target = write(behind(block, before.channels));
  return [
    { kind: POINTWISE, ...rows, ...read(block), ...write(between), ...before, ...multiply(conv1, true) },
    {
      kind: WINOGRAD,
      ...divide(tiles, MOST_TILES),
      ...read(between),
      ...target,
      ...multiply(conv2, false),
      pad: conv2.pad,
    },
  ];
}

function transit({ before, pool, conv }: PackedTransition, source: Image, target: Image): Step {
  const { size, stride } = pool;
  const rows = divide(placesOf(target), MOST_ROWS);
  const work = { ...before, ...multiply(conv, false), size, stride };
  return { kind: POOLED_POINTWISE, ...rows, ...read(source), ...write(target), ...work };
}

function scratchFloats({ kind, rowsPerChunk = 0, depth = 0, columns = 0, sourceStride = 0 }: Step): number {
  if (kind !== WINOGRAD) return rowsPerChunk * padColumns(depth);
  const rowFloats = sourceStride / FLOAT_BYTES;
  const [transformed, products] = [rowsPerChunk * rowFloats, rowsPerChunk * columns];
  return WINOGRAD_PLACES * (rowFloats + transformed + CACHE_LINE_FLOATS + products + CACHE_LINE_FLOATS);
}

function writeProgram(heap: Heap, steps: readonly Step[]): number {
  const address = heap.reserve(steps.length * FIELDS.length);
  heap
    .words(address, steps.length * FIELDS.length)
    .set(steps.flatMap((step) => FIELDS.map((field) => step[field] ?? 0)));
  return address;
}

/** `side` of a square film. */
export function planTrunk(heap: Heap, { inputChannels, stem, stages, last }: PackedTrunk, side: number): Program {
  const film = { address: 0, stride: inputChannels * FLOAT_BYTES, height: side, width: side };
  const stemSide = outputSide(side, stem.conv);
  const convolved = makeImage(heap, stemSide, stemSide, stem.conv.columns);
  const steps = [convolvePatches(film, inputChannels, stem.conv, convolved)];
  let blockSide = outputSide(stemSide, stem.pool);
  /** Writes into the block that comes next. */
  let enter = (block: Image): Step => maxPool(convolved, stem.conv.outputs, stem.pool, block);
  for (const { layers, transition } of stages) {
    const final = layers.at(-1)!.conv2;
    const channels = (transition?.before ?? last).channels;
    // The last layer writes whole panels.
    const block = makeImage(heap, blockSide, blockSide, padColumns(channels + final.columns - final.outputs));
    const between = makeImage(heap, blockSide, blockSide, layers[0]!.conv1.columns);
    steps.push(enter(block), ...layers.flatMap((layer) => denseLayer(layer, block, between)));
    if (transition === null) {
      steps.push({
        kind: ACTIVATE,
        ...divide(placesOf(block), MOST_ROWS),
        ...read(block),
        ...last,
        targetStride: channels * FLOAT_BYTES,
      });
      continue;
    }
    blockSide = outputSide(blockSide, transition.pool);
    enter = (next) => transit(transition, block, next);
  }
  return {
    address: writeProgram(heap, steps),
    steps: steps.length,
    scratchFloats: Math.max(...steps.map(scratchFloats)),
    shape: [blockSide, blockSide, last.channels],
  };
}
