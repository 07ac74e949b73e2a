/**
 * Pillow's resize(BILINEAR) for 8-bit grey, bit for bit (libImaging/Resample.c): a triangle filter whose support
 * grows with the reduction, rows first, rounded to 8 bits between the two passes, weights of 22 fractional bits.
 * Networks were trained on pictures resized so; another resizer moves grey values by up to 10 of 255.
 * Equal to Pillow 9.4 to 12; Pillow 13 takes columns first where only the rows shrink, which moves values by 1.
 */

/** 32 bits less 8 of the sample and 2 of head-room, as in Resample.c. */
const WEIGHT_BITS = 22;
const HALF = 1 << (WEIGHT_BITS - 1);

/** For each sample of the result: where its window begins, how many samples it takes, and their weights. */
type Windows = {
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  /** [to, stride] */
  readonly weights: Int32Array;
  readonly stride: number;
};

/** `grey` [rows*columns] → [toRows*toColumns]. All sizes are at least 1. */
export function resizeBilinear(
  grey: Uint8Array,
  rows: number,
  columns: number,
  toRows: number,
  toColumns: number,
): Uint8Array {
  const narrowed = toColumns === columns ? grey : resizeRows(grey, rows, columns, toColumns);
  return toRows === rows ? narrowed.slice() : resizeColumns(narrowed, rows, toColumns, toRows);
}

function resizeRows(grey: Uint8Array, rows: number, columns: number, toColumns: number): Uint8Array {
  const { starts, lengths, weights, stride } = makeWindows(columns, toColumns);
  const result = new Uint8Array(rows * toColumns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < toColumns; column++) {
      const from = row * columns + starts[column]!;
      const length = lengths[column]!;
      const weightsFrom = column * stride;
      let sum = HALF;
      for (let tap = 0; tap < length; tap++) sum += grey[from + tap]! * weights[weightsFrom + tap]!;
      result[row * toColumns + column] = clampByte(sum >> WEIGHT_BITS);
    }
  }
  return result;
}

function resizeColumns(grey: Uint8Array, rows: number, columns: number, toRows: number): Uint8Array {
  const { starts, lengths, weights, stride } = makeWindows(rows, toRows);
  const result = new Uint8Array(toRows * columns);
  const sums = new Int32Array(columns);
  for (let row = 0; row < toRows; row++) {
    sums.fill(HALF);
    for (let tap = 0; tap < lengths[row]!; tap++) {
      const weight = weights[row * stride + tap]!;
      const from = (starts[row]! + tap) * columns;
      for (let column = 0; column < columns; column++) sums[column]! += grey[from + column]! * weight;
    }
    for (let column = 0; column < columns; column++) {
      result[row * columns + column] = clampByte(sums[column]! >> WEIGHT_BITS);
    }
  }
  return result;
}

/** precompute_coeffs and normalize_coeffs_8bpc of Resample.c. */
function makeWindows(from: number, to: number): Windows {
  const scale = from / to;
  const support = Math.max(scale, 1);
  const stride = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(to);
  const lengths = new Int32Array(to);
  const weights = new Int32Array(to * stride);
  const exact = new Float64Array(stride);
  for (let at = 0; at < to; at++) {
    const center = (at + 0.5) * scale;
    const start = Math.max(Math.trunc(center - support + 0.5), 0);
    const length = Math.min(Math.trunc(center + support + 0.5), from) - start;
    let sum = 0;
    for (let tap = 0; tap < length; tap++) {
      // Times the inverse, not divided by the support: that is how Resample.c rounds.
      const distance = Math.abs((tap + start - center + 0.5) * (1 / support));
      const weight = distance < 1 ? 1 - distance : 0;
      exact[tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < length; tap++) {
      weights[at * stride + tap] = Math.trunc((exact[tap]! / sum) * (1 << WEIGHT_BITS) + 0.5);
    }
    starts[at] = start;
    lengths[at] = length;
  }
  return { starts, lengths, weights, stride };
}

function clampByte(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
