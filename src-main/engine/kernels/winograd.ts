/**
 * 3×3 convolution with 16 multiplications where 36 are usual: Winograd's F(2×2, 3×3) as in Lavin and Gray, "Fast
 * Algorithms for Convolutional Neural Networks" (CVPR 2016). Four results that lie together, Y [2×2], come of the 4×4
 * places around them, d, and of the filter g, which `packWinograd` has transformed once:
 *
 *   Y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A
 *
 * Over all channels ⊙ is a product of matrices for each of the 16 places. The sums round as those of the plain way do:
 * A and B hold nothing but 0, 1 and −1.
 */
import { multiply } from './multiply';
import { copyFloats } from './rows';
import { Step } from './step';

const PLACES: usize = 16;
const SIDE: usize = 4;
/** Between the planes: at a power of two from each other they would contend for the same few places of the cache. */
const CACHE_LINE: usize = 64;

/** Row `line` of Bᵀ d, at column `column` of d: d0 − d2, d1 + d2, d2 − d1, d1 − d3. */
function combine(line: usize, d: usize, lineStride: usize): v128 {
  if (line === 0) return f32x4.sub(v128.load(d), v128.load(d + 2 * lineStride));
  if (line === 1) return f32x4.add(v128.load(d + lineStride), v128.load(d + 2 * lineStride));
  if (line === 2) return f32x4.sub(v128.load(d + 2 * lineStride), v128.load(d + lineStride));
  return f32x4.sub(v128.load(d + lineStride), v128.load(d + 3 * lineStride));
}

/** One line of Bᵀ d B: four places, each `plane` bytes behind the other. */
function transformLine(
  line: usize,
  d: usize,
  lineStride: usize,
  placeStride: usize,
  target: usize,
  plane: usize,
): void {
  const c0 = combine(line, d, lineStride);
  const c1 = combine(line, d + placeStride, lineStride);
  const c2 = combine(line, d + 2 * placeStride, lineStride);
  const c3 = combine(line, d + 3 * placeStride, lineStride);
  v128.store(target, f32x4.sub(c0, c2));
  v128.store(target + plane, f32x4.add(c1, c2));
  v128.store(target + 2 * plane, f32x4.sub(c2, c1));
  v128.store(target + 3 * plane, f32x4.sub(c1, c3));
}

/** Bᵀ d B of one tile: a row, as long as a place, of each of the 16 matrices. */
function transformTile(d: usize, lineStride: usize, placeStride: usize, target: usize, plane: usize): void {
  for (let channel: usize = 0; channel < placeStride; channel += 16) {
    transformLine(0, d + channel, lineStride, placeStride, target + channel, plane);
    transformLine(1, d + channel, lineStride, placeStride, target + 4 * plane + channel, plane);
    transformLine(2, d + channel, lineStride, placeStride, target + 8 * plane + channel, plane);
    transformLine(3, d + channel, lineStride, placeStride, target + 12 * plane + channel, plane);
  }
}

/** The 4×4 places of a tile at the border, zeros outside the image. */
function copyPatch(step: Step, top: isize, left: isize, patch: usize): void {
  const bytes = step.sourceStride;
  for (let y = top; y < top + 4; y++) {
    for (let x = left; x < left + 4; x++) {
      const inside = y >= 0 && x >= 0 && y < isize(step.height) && x < isize(step.width);
      if (inside) copyFloats(step.source + (usize(y) * step.width + usize(x)) * bytes, patch, bytes);
      else memory.fill(patch, 0, bytes);
      patch += bytes;
    }
  }
}

/** The first row of Aᵀ m, at one column of m: m0 + m1 + m2. */
function upper(m: usize, lineStride: usize): v128 {
  return f32x4.add(f32x4.add(v128.load(m), v128.load(m + lineStride)), v128.load(m + 2 * lineStride));
}

/** The second: m1 − m2 − m3. */
function lower(m: usize, lineStride: usize): v128 {
  return f32x4.sub(f32x4.sub(v128.load(m + lineStride), v128.load(m + 2 * lineStride)), v128.load(m + 3 * lineStride));
}

/** One line of Y: the same sums once more, across. */
function storeLine(c0: v128, c1: v128, c2: v128, c3: v128, target: usize, toRight: usize): void {
  v128.store(target, f32x4.add(f32x4.add(c0, c1), c2));
  if (toRight !== 0) v128.store(target + toRight, f32x4.sub(f32x4.sub(c1, c2), c3));
}

/** Y of one tile, as far as it lies inside the image. */
function storeTile(step: Step, products: usize, plane: usize, y: usize, x: usize): void {
  const line = 4 * plane;
  const isBelow = y + 1 < step.targetHeight;
  const below = step.targetWidth * step.targetStride;
  const right = x + 1 < step.targetWidth ? step.targetStride : 0;
  const place = step.target + (y * step.targetWidth + x) * step.targetStride;
  for (let column: usize = 0; column < step.columns * 4; column += 16) {
    const m0 = products + column;
    const m1 = m0 + plane;
    const m2 = m1 + plane;
    const m3 = m2 + plane;
    const target = place + column;
    storeLine(upper(m0, line), upper(m1, line), upper(m2, line), upper(m3, line), target, right);
    if (isBelow) {
      storeLine(lower(m0, line), lower(m1, line), lower(m2, line), lower(m3, line), target + below, right);
    }
  }
}

/** Tiles `first` to `last` of the image. */
export function convolveTiles(step: Step, first: usize, last: usize, scratch: usize): void {
  const tilesAcross = (step.targetWidth + 1) / 2;
  const rowBytes = step.sourceStride;
  const plane = step.rowsPerChunk * rowBytes + CACHE_LINE;
  const patch = scratch;
  const transformed = patch + PLACES * rowBytes;
  const products = transformed + PLACES * plane;
  const lineStride = step.width * rowBytes;
  for (let tile = first; tile < last; tile++) {
    const top = isize((tile / tilesAcross) * 2) - isize(step.pad);
    const left = isize((tile % tilesAcross) * 2) - isize(step.pad);
    const target = transformed + (tile - first) * rowBytes;
    if (top >= 0 && left >= 0 && top + 4 <= isize(step.height) && left + 4 <= isize(step.width)) {
      const source = step.source + usize(top) * lineStride + usize(left) * rowBytes;
      transformTile(source, lineStride, rowBytes, target, plane);
    } else {
      copyPatch(step, top, left, patch);
      transformTile(patch, SIDE * rowBytes, rowBytes, target, plane);
    }
  }
  const productStride = step.columns * 4;
  const productPlane = step.rowsPerChunk * productStride + CACHE_LINE;
  for (let place: usize = 0; place < PLACES; place++) {
    const weights = step.weights + place * step.depth * productStride;
    const rows = transformed + place * plane;
    const target = products + place * productPlane;
    multiply(rows, rowBytes, last - first, step.depth, weights, step.columns, step.bias, false, target, productStride);
  }
  for (let tile = first; tile < last; tile++) {
    const products0 = products + (tile - first) * productStride;
    storeTile(step, products0, productPlane, (tile / tilesAcross) * 2, (tile % tilesAcross) * 2);
  }
}
