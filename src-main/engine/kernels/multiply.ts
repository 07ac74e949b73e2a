/**
 * Rows of activations times a matrix of weights, plus a bias: what every convolution here comes down to.
 *
 * A tile of four rows and eight columns is computed at once: its 32 sums stay in eight SIMD registers, so that a step
 * along the depth costs two loads of weights and four of activations for 32 multiplications. The weights lie in the
 * order in which the loop reads them: [columns / 8][depth][8], see `packPanels`.
 */

const TILE_ROWS: usize = 4;
/** Eight floats. */
const PANEL: usize = 32;

/** a · b + sum: rounded once where the engine lends us the processor's fused instruction, else twice. */
function multiplyAdd(a: v128, b: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(f32x4.mul(a, b), sum);
}

/** max(0, x), as "0 where x < 0": one instruction, where a maximum that heeds NaN takes several. */
export function positive(x: v128): v128 {
  return f32x4.pmax(x, f32x4.splat(0));
}

function store(target: usize, left: v128, right: v128, relu: bool): void {
  v128.store(target, relu ? positive(left) : left);
  v128.store(target, relu ? positive(right) : right, 16);
}

/** Strides from row to row are in bytes, here and everywhere. */
function multiplyTile(
  rows: usize,
  rowStride: usize,
  depth: usize,
  panel: usize,
  bias: usize,
  relu: bool,
  target: usize,
  targetStride: usize,
): void {
  const left = v128.load(bias);
  const right = v128.load(bias, 16);
  let left0 = left;
  let left1 = left;
  let left2 = left;
  let left3 = left;
  let right0 = right;
  let right1 = right;
  let right2 = right;
  let right3 = right;
  let row0 = rows;
  let row1 = row0 + rowStride;
  let row2 = row1 + rowStride;
  let row3 = row2 + rowStride;
  for (const end = panel + depth * PANEL; panel < end; panel += PANEL) {
    const leftWeights = v128.load(panel);
    const rightWeights = v128.load(panel, 16);
    const x0 = v128.load32_splat(row0);
    const x1 = v128.load32_splat(row1);
    const x2 = v128.load32_splat(row2);
    const x3 = v128.load32_splat(row3);
    left0 = multiplyAdd(x0, leftWeights, left0);
    right0 = multiplyAdd(x0, rightWeights, right0);
    left1 = multiplyAdd(x1, leftWeights, left1);
    right1 = multiplyAdd(x1, rightWeights, right1);
    left2 = multiplyAdd(x2, leftWeights, left2);
    right2 = multiplyAdd(x2, rightWeights, right2);
    left3 = multiplyAdd(x3, leftWeights, left3);
    right3 = multiplyAdd(x3, rightWeights, right3);
    row0 += 4;
    row1 += 4;
    row2 += 4;
    row3 += 4;
  }
  store(target, left0, right0, relu);
  store(target + targetStride, left1, right1, relu);
  store(target + 2 * targetStride, left2, right2, relu);
  store(target + 3 * targetStride, left3, right3, relu);
}

/**
 * `count` is rounded up to whole tiles: rows behind the last are read, and written behind the last of the target.
 * `columns` is a multiple of 8. A panel of weights stays in the first cache while all rows pass it.
 */
export function multiply(
  rows: usize,
  rowStride: usize,
  count: usize,
  depth: usize,
  weights: usize,
  columns: usize,
  bias: usize,
  relu: bool,
  target: usize,
  targetStride: usize,
): void {
  for (let column: usize = 0; column < columns; column += 8) {
    for (let row: usize = 0; row < count; row += TILE_ROWS) {
      const from = rows + row * rowStride;
      const to = target + row * targetStride + column * 4;
      multiplyTile(from, rowStride, depth, weights, bias + column * 4, relu, to, targetStride);
    }
    weights += depth * PANEL;
  }
}
