import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PixelGeometry, Turn } from '#main/contract/film';
import { turnedSize, turnPicture } from '#main/imaging/grey/turn';
import {
  apply,
  fitView,
  invert,
  panBy,
  turnMatrix,
  uprightSize,
  viewMatrix,
  zoomAt,
} from '../../../src-renderer/viewer/viewGeometry';

function geometry(rows: number, columns: number, turn: Turn, pixelAspect = 1): PixelGeometry {
  return { rows, columns, turn, pixelAspect, pixelSpacingMm: null, spacingOrigin: null };
}

const TURNS: readonly Turn[] = ([0, 1, 2, 3] as const).flatMap((quarterTurns) =>
  [false, true].map((mirrored) => ({ quarterTurns, mirrored })),
);

describe('viewGeometry', () => {
  it.each(TURNS)('turns each pixel to where turnPicture, which feeds the network, puts it: %o', (turn) => {
    const rows = 3;
    const columns = 5;
    const stored = Uint8Array.from({ length: rows * columns }, (_, i) => i);
    const turned = turnPicture(stored, rows, columns, turn);
    const size = turnedSize(rows, columns, turn);
    const matrix = turnMatrix(geometry(rows, columns, turn));
    const drawn = new Uint8Array(turned.length);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const { x, y } = apply(matrix, { x: column + 0.5, y: row + 0.5 });
        drawn[Math.floor(y) * size.columns + Math.floor(x)] = stored[row * columns + column] ?? 0;
      }
    }
    expect([...drawn]).toEqual([...turned]);
    expect(uprightSize(geometry(rows, columns, turn))).toEqual({ width: size.columns, height: size.rows });
  });

  it.each([
    [1.5, 0, [200, 150], [200, 0]],
    [0.5, 0, [400, 100], [400, 0]],
    [1.5, 1, [150, 200], [150, 200]],
  ] as const)(
    'shows pixels %f times as high as wide in their shape, turned %i times',
    (aspect, quarterTurns, size, corner) => {
      const film = geometry(100, 200, { quarterTurns, mirrored: false }, aspect);
      const { x, y } = apply(turnMatrix(film), { x: 200, y: 0 });
      expect({ size: uprightSize(film), corner: [x, y] }).toEqual({
        size: { width: size[0], height: size[1] },
        corner,
      });
    },
  );

  it('fits a film into its box, centred, touching the nearer pair of sides', () => {
    const box = { width: 1000, height: 600 };
    const view = fitView({ width: 2000, height: 2400 }, box);
    const matrix = viewMatrix(view, box);
    expect(view.scale).toBe(0.25);
    expect([apply(matrix, { x: 0, y: 0 }), apply(matrix, { x: 2000, y: 2400 })]).toEqual([
      { x: 250, y: 0 },
      { x: 750, y: 600 },
    ]);
  });

  it('keeps the point under the cursor where it is while it zooms', () => {
    const box = { width: 800, height: 600 };
    fc.assert(
      fc.property(
        fc.record({ x: fc.integer({ min: 0, max: 800 }), y: fc.integer({ min: 0, max: 600 }) }),
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        (cursor, factor) => {
          const view = fitView({ width: 3000, height: 2500 }, box);
          const under = apply(invert(viewMatrix(view, box)), cursor);
          const after = apply(viewMatrix(zoomAt(view, box, cursor, factor), box), under);
          expect(Math.hypot(after.x - cursor.x, after.y - cursor.y)).toBeLessThan(1e-6);
        },
      ),
    );
  });

  it('stops zooming at 2 % and at 3200 %', () => {
    const box = { width: 100, height: 100 };
    const view = fitView({ width: 100, height: 100 }, box);
    const scales = [1e-9, 1e9].map((factor) => zoomAt(view, box, { x: 0, y: 0 }, factor).scale);
    expect(scales).toEqual([0.02, 32]);
  });

  it('moves the film by CSS pixels, but never out of the view', () => {
    const film = { width: 1000, height: 1000 };
    const view = { center: { x: 500, y: 500 }, scale: 2 };
    expect(panBy(view, film, 100, -40)).toEqual({ center: { x: 450, y: 520 }, scale: 2 });
    expect(panBy(view, film, 1e6, -1e6).center).toEqual({ x: 0, y: 1000 });
  });
});
