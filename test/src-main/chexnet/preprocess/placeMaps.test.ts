import { describe, expect, it } from 'vitest';
import { placeMaps } from '#main/chexnet/preprocess/placeMaps';

const WHOLE = { left: 0, top: 0, width: 1, height: 1 };
/** Grows by one from column to column, the same in every row. */
const SLOPE = Float32Array.from({ length: 49 }, (_, cell) => cell % 7);

const row = (maps: Float32Array, at: number): number[] => [...maps.subarray(at * 7, at * 7 + 7)];

describe('attention over the film', () => {
  it("is the network's own where the network saw the whole film", () => {
    expect(placeMaps([{ view: { area: WHOLE, mirrored: false }, maps: SLOPE }])).toBe(SLOPE);
  });

  it('is turned back where the network saw it mirrored', () => {
    const placed = placeMaps([{ view: { area: WHOLE, mirrored: true }, maps: SLOPE }]);
    expect(row(placed, 3)).toEqual([6, 5, 4, 3, 2, 1, 0]);
  });

  it('is nothing outside of the crop, and lies where the crop lay inside', () => {
    const area = { left: 2 / 7, top: 1 / 7, width: 3 / 7, height: 4 / 7 };
    const placed = placeMaps([{ view: { area, mirrored: false }, maps: SLOPE }]);
    const inside = row(placed, 1).map((value) => Number(value.toFixed(4)));
    // A cell of the film is 7/3 cells of the map, whose middles the values are counted from.
    expect(inside).toEqual([0, 0, 0.6667, 3, 5.3333, 0, 0]);
    expect([...row(placed, 0), ...row(placed, 5), ...row(placed, 6)]).toEqual(Array<number>(21).fill(0));
  });

  it('is averaged where crops overlap', () => {
    const left = { left: 0, top: 0, width: 5 / 7, height: 1 };
    const right = { left: 2 / 7, top: 0, width: 5 / 7, height: 1 };
    const all = (value: number) => new Float32Array(49).fill(value);
    const placed = placeMaps([
      { view: { area: left, mirrored: false }, maps: all(1) },
      { view: { area: right, mirrored: false }, maps: all(3) },
    ]);
    expect(row(placed, 0)).toEqual([1, 1, 2, 2, 2, 3, 3]);
  });
});
