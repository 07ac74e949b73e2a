/**
 * scikit-image's `resize(order=1, mode="constant")` to a square (skimage/transform/_warps.py, 0.19 to 0.26): linear
 * between pixel centres, before that a Gaussian of (reduction − 1) / 2 where `smooth` (its `anti_aliasing`), float32
 * after each pass as SciPy keeps it. Only the rows and columns that are sampled are blurred.
 */

export type LinearSource = {
  readonly grey: Uint8Array;
  readonly rows: number;
  readonly columns: number;
  /** What lies around the picture (`cval`). */
  readonly outside: number;
  readonly smooth: boolean;
};

/** SciPy cuts its Gaussian off after four standard deviations. */
const TRUNCATE = 4;

/** → [size*size], within the range of `grey`; 0…255 where `outside` is. */
export function resizeLinear(source: LinearSource, size: number): Float32Array {
  const { grey, rows, columns, outside, smooth } = source;
  const rowSamples = placeSamples(rows, size, smooth);
  const columnSamples = placeSamples(columns, size, smooth);
  const result = new Float32Array(size * size);
  const [least, largest] = rangeOf(grey);
  for (let row = 0; row < size; row++) {
    const [upper, lower] = [0, 1].map((side) => {
      const line = takeRow(source, rowSamples.first[row]! + side, rowSamples.kernel);
      return takeColumns(line, outside, columnSamples);
    });
    const share = rowSamples.share[row]!;
    for (let column = 0; column < size; column++) {
      const across = columnSamples.share[column]!;
      const at = 2 * column;
      const above = upper![at]! * (1 - across) + upper![at + 1]! * across;
      const below = lower![at]! * (1 - across) + lower![at + 1]! * across;
      const value = above * (1 - share) + below * share;
      // As scikit-image clips: never beyond the picture's own range, unless it is the outside and nothing else.
      result[row * size + column] = value === outside ? value : Math.min(largest, Math.max(least, value));
    }
  }
  return result;
}

type Samples = {
  /** The sample before the place; the one after it follows. May lie one outside. */
  readonly first: Int32Array;
  /** Share of the sample after the place. */
  readonly share: Float64Array;
  /** Weights around a sample; `[1]` where nothing is blurred. */
  readonly kernel: Float64Array;
};

function placeSamples(from: number, to: number, smooth: boolean): Samples {
  const step = from / to;
  const places = Float64Array.from({ length: to }, (_, index) => (index + 0.5) * step - 0.5);
  return {
    first: Int32Array.from(places, Math.floor),
    share: places.map((place) => place - Math.floor(place)),
    kernel: smooth ? gaussian((step - 1) / 2) : Float64Array.of(1),
  };
}

function gaussian(sigma: number): Float64Array {
  if (sigma <= 0) return Float64Array.of(1);
  const radius = Math.trunc(TRUNCATE * sigma + 0.5);
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** One row of the picture, blurred down the columns. */
function takeRow({ grey, rows, columns, outside }: LinearSource, row: number, kernel: Float64Array): Float32Array {
  if (row < 0 || row >= rows) return new Float32Array(columns).fill(outside);
  const radius = (kernel.length - 1) / 2;
  const sums = new Float64Array(columns);
  kernel.forEach((weight, tap) => {
    const from = row + tap - radius;
    if (from < 0 || from >= rows) {
      for (let column = 0; column < columns; column++) sums[column]! += outside * weight;
      return;
    }
    const start = from * columns;
    for (let column = 0; column < columns; column++) sums[column]! += grey[start + column]! * weight;
  });
  return Float32Array.from(sums);
}

/** For each place the samples before and after it, blurred along the row: [to,2]. */
function takeColumns(line: Float32Array, outside: number, { first, kernel }: Samples): Float32Array {
  const radius = (kernel.length - 1) / 2;
  const taken = new Float32Array(first.length * 2);
  for (let at = 0; at < taken.length; at++) {
    const centre = first[at >> 1]! + (at & 1);
    if (centre < 0 || centre >= line.length) {
      taken[at] = outside;
      continue;
    }
    let sum = 0;
    for (let tap = 0; tap < kernel.length; tap++) {
      const from = centre + tap - radius;
      sum += (from < 0 || from >= line.length ? outside : line[from]!) * kernel[tap]!;
    }
    taken[at] = sum;
  }
  return taken;
}

function rangeOf(grey: Uint8Array): readonly [number, number] {
  return [grey.reduce((a, b) => Math.min(a, b), 255), grey.reduce((a, b) => Math.max(a, b), 0)];
}
