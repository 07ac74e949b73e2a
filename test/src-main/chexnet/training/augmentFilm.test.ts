import { describe, expect, it } from 'vitest';
import { augmentFilm, drawChange, type Change } from '#main/chexnet/training/augmentFilm';
import { filmOrder } from '#main/chexnet/training/filmOrder';

const NOTHING: Change = { flip: false, radians: 0, right: 0, down: 0, scale: 1, contrast: 1 };
const ALL = { flip: true, rotationDegrees: 10, shift: 0.1, scale: 0.1, contrast: 0.2 };
// 0 1 2 / 3 4 5 / 6 7 8
const FILM = Uint8Array.from({ length: 9 }, (_, index) => index);

function change(more: Partial<Change>): number[] {
  return [...augmentFilm(FILM, 3, ALL, { ...NOTHING, ...more })];
}

describe('augmentFilm', () => {
  it('leaves a film that nothing is drawn for as it is', () => expect(change({})).toEqual([...FILM]));
  it('mirrors left for right', () => expect(change({ flip: true })).toEqual([2, 1, 0, 5, 4, 3, 8, 7, 6]));
  it('turns a quarter clockwise', () => expect(change({ radians: Math.PI / 2 })).toEqual([6, 3, 0, 7, 4, 1, 8, 5, 2]));
  it('moves right and fills with black', () => expect(change({ right: 1 / 3 })).toEqual([0, 0, 1, 0, 3, 4, 0, 6, 7]));
  it('moves down', () => expect(change({ down: 1 / 3 })).toEqual([0, 0, 0, 0, 1, 2, 3, 4, 5]));
  it('enlarges around the middle', () => expect(change({ scale: 2 })).toEqual([2, 3, 3, 4, 4, 5, 5, 6, 6]));
  it('stretches the contrast around the mean', () =>
    expect(change({ contrast: 2 })).toEqual([0, 0, 0, 2, 4, 6, 8, 10, 12]));
});

describe('drawChange', () => {
  it('stays within its bounds, reaches them, and flips half of the films', () => {
    const changes = Array.from({ length: 2000 }, (_, film) => drawChange(ALL, 1, 0, film));
    const degrees = changes.map(({ radians }) => (radians * 180) / Math.PI);
    expect(Math.max(...degrees)).toBeLessThan(10);
    expect(Math.min(...degrees)).toBeLessThan(-9.9);
    expect(changes.filter(({ flip }) => flip).length / 2000).toBeCloseTo(0.5, 1);
    expect(changes.every(({ contrast }) => contrast >= 0.8 && contrast < 1.2)).toBe(true);
  });

  it('draws nothing where nothing is wanted', () => {
    const none = { flip: false, rotationDegrees: 0, shift: 0, scale: 0, contrast: 0 };
    expect(drawChange(none, 1, 0, 5)).toEqual(NOTHING);
  });
});

describe('filmOrder', () => {
  it('is a permutation, another one in each epoch, and the same for the same seed', () => {
    const order = filmOrder(1000, 7, 3);
    expect([...order].sort((a, b) => a - b)).toEqual([...Array(1000).keys()]);
    expect(filmOrder(1000, 7, 3)).toEqual(order);
    expect(filmOrder(1000, 7, 4)).not.toEqual(order);
    expect(filmOrder(1000, 8, 3)).not.toEqual(order);
  });
});
