/** How alike two columns of numbers are: as they are (Pearson), and by their order alone (Spearman). */

/** −1 … 1; null where a column does not vary. Both are of the same length. */
export function pearson(first: Float64Array, second: Float64Array): number | null {
  const [a, b] = [fromMean(first), fromMean(second)];
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (let place = 0; place < a.length; place++) {
    product += a[place]! * b[place]!;
    squaresA += a[place]! ** 2;
    squaresB += b[place]! ** 2;
  }
  if (squaresA === 0 || squaresB === 0) return null;
  // Rounding alone can lead beyond 1.
  return Math.max(-1, Math.min(1, product / Math.sqrt(squaresA * squaresB)));
}

/** As `pearson`, of the ranks; equal numbers share the mean of theirs. */
export function spearman(first: Float64Array, second: Float64Array): number | null {
  return pearson(ranksOf(first), ranksOf(second));
}

/** All zeros where every number is the same: a mean that was rounded would make them vary. */
function fromMean(values: Float64Array): Float64Array {
  if (values.every((value) => value === values[0])) return new Float64Array(values.length);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function ranksOf(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let place = start; place < end; place++) ranks[order[place]!] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}
