/** Parameters lie in TensorFlow's layout where they are computed with, and in torchvision's everywhere else. */

/** Axes of ours in terms of torchvision's, and back: OIHW → HWIO, and [outputs,inputs] → [inputs,outputs]. */
export const TURNS: ReadonlyMap<number, { readonly inwards: readonly number[]; readonly outwards: readonly number[] }> =
  new Map([
    [4, { inwards: [2, 3, 1, 0], outwards: [3, 2, 0, 1] }],
    [2, { inwards: [1, 0], outwards: [1, 0] }],
  ]);

/** From torchvision's shape. */
export function innerShape(shape: readonly number[]): readonly number[] {
  return TURNS.get(shape.length)?.inwards.map((axis) => shape[axis]!) ?? shape;
}

/** A copy in TensorFlow's layout of what has torchvision's `shape`. */
export function turnInwards(data: Float32Array, shape: readonly number[]): Float32Array {
  const turns = TURNS.get(shape.length);
  return turns === undefined ? data.slice() : turnAxes(data, shape, turns.inwards);
}

/** Back: a copy with torchvision's `shape`. */
export function turnOutwards(data: Float32Array, shape: readonly number[]): Float32Array {
  const turns = TURNS.get(shape.length);
  return turns === undefined ? data.slice() : turnAxes(data, innerShape(shape), turns.outwards);
}

/** Axis i of the result is axis `order[i]` of the data. */
function turnAxes(data: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const result = new Float32Array(data.length);
  let to = 0;
  function copy(axis: number, from: number): void {
    const stride = strides[order[axis]!]!;
    const length = shape[order[axis]!]!;
    for (let i = 0; i < length; i++) {
      if (axis === order.length - 1) result[to++] = data[from + i * stride]!;
      else copy(axis + 1, from + i * stride);
    }
  }
  copy(0, 0);
  return result;
}
