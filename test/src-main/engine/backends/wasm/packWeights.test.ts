import { describe, expect, it } from 'vitest';
import { packPanels, packWinograd, padColumns } from '#main/engine/backends/wasm/packWeights';

describe('weights for the kernels', () => {
  it('lie in panels of eight columns, the last one filled up with zeros', () => {
    const [depth, columns] = [2, 10];
    const matrix = Float32Array.from({ length: depth * columns }, (_, i) => i + 1);
    const packed = new Float32Array(depth * padColumns(columns));
    packPanels(matrix, depth, columns, packed);
    expect([...packed]).toEqual([
      ...[1, 2, 3, 4, 5, 6, 7, 8],
      ...[11, 12, 13, 14, 15, 16, 17, 18],
      ...[9, 10, 0, 0, 0, 0, 0, 0],
      ...[19, 20, 0, 0, 0, 0, 0, 0],
    ]);
  });

  it('are transformed as Winograd asks: G g Gᵀ', () => {
    const filter = Float32Array.from({ length: 9 }, (_, i) => i + 1);
    const packed = new Float32Array(16 * 8);
    packWinograd(filter, 1, 1, packed);
    const places = Array.from({ length: 16 }, (_, place) => packed[place * 8]);
    // Worked out by hand for g = [[1, 2, 3], [4, 5, 6], [7, 8, 9]].
    expect(places).toEqual([1, 3, 1, 3, 6, 11.25, 3.75, 9, 2, 3.75, 1.25, 3, 7, 12, 4, 9]);
  });
});
