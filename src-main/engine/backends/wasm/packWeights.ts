/** Weights in the order in which the kernels read them. */

/** Columns of a panel: `multiply` of the kernels takes two SIMD registers of them at once. */
const PANEL = 8;

/** Up to whole panels. */
export function padColumns(columns: number): number {
  return Math.ceil(columns / PANEL) * PANEL;
}

/**
 * `matrix` [depth,columns] → `packed` [columns / 8][depth][8]. Columns that the last panel has too many stay zero, as
 * they must be in `packed`.
 */
export function packPanels(matrix: ArrayLike<number>, depth: number, columns: number, packed: Float32Array): void {
  for (let row = 0; row < depth; row++) {
    for (let column = 0; column < columns; column++) {
      const panel = Math.floor(column / PANEL);
      packed[(panel * depth + row) * PANEL + (column % PANEL)] = matrix[row * columns + column]!;
    }
  }
}

/** The places of a transformed 3×3 filter. */
export const WINOGRAD_PLACES = 16;

/** G of F(2×2, 3×3): see winograd.ts of the kernels. */
const G = [
  [1, 0, 0],
  [0.5, 0.5, 0.5],
  [0.5, -0.5, 0.5],
  [0, 0, 1],
] as const;

/** Place `row`,`column` of G g Gᵀ, for all filters at once: [inputs·outputs] of a filter [3,3,inputs,outputs]. */
function transformFilters(filter: Float32Array, length: number, row: number, column: number): Float32Array {
  const transformed = new Float64Array(length);
  G[row]!.forEach((down, y) =>
    G[column]!.forEach((across, x) => {
      const factor = down * across;
      const start = (y * 3 + x) * length;
      if (factor === 0) return;
      for (let i = 0; i < length; i++) transformed[i]! += factor * filter[start + i]!;
    }),
  );
  return Float32Array.from(transformed);
}

/** `filter` [3,3,inputs,outputs] → `packed`: panels of [inputs,outputs] for each of the 16 places. */
export function packWinograd(filter: Float32Array, inputs: number, outputs: number, packed: Float32Array): void {
  const length = packed.length / WINOGRAD_PLACES;
  for (let place = 0; place < WINOGRAD_PLACES; place++) {
    const matrix = transformFilters(filter, inputs * outputs, Math.floor(place / 4), place % 4);
    packPanels(matrix, inputs, outputs, packed.subarray(place * length, (place + 1) * length));
  }
}
