/**
 * View geometry: one affine map from stored pixels to CSS pixels. Stored pixel (i,j) covers [i,i+1)×[j,j+1).
 * Between them lies the upright film: the stored picture of square pixels, after the turn that its header asks for.
 */
import type { PixelGeometry, Turn } from '#main/contract/film';
import { squareSize } from '#main/imaging/grey/squareSize';

export type Size = { readonly width: number; readonly height: number };
export type Point = { readonly x: number; readonly y: number };

/** [a,b,c,d,e,f] as in CSS matrix(): x' = a x + c y + e, y' = b x + d y + f. */
export type Matrix = readonly [number, number, number, number, number, number];

/** The point of the upright film in the middle of the view, and CSS pixels per film pixel. */
export type View = { readonly center: Point; readonly scale: number };

const SMALLEST_SCALE = 0.02;
const LARGEST_SCALE = 32;

export function uprightSize(geometry: PixelGeometry): Size {
  const { rows, columns } = squareSize(geometry);
  return geometry.turn.quarterTurns % 2 === 0 ? { width: columns, height: rows } : { width: rows, height: columns };
}

/** Stored pixels → upright pixels: made square, mirrored left to right where asked for, then turned clockwise. */
export function turnMatrix(geometry: PixelGeometry): Matrix {
  const { rows, columns } = squareSize(geometry);
  const { turn } = geometry;
  const square: Matrix = [columns / geometry.columns, 0, 0, rows / geometry.rows, 0, 0];
  const mirror: Matrix = turn.mirrored ? [-1, 0, 0, 1, columns, 0] : [1, 0, 0, 1, 0, 0];
  return multiply(multiply(quarterTurn(turn.quarterTurns, { width: columns, height: rows }), mirror), square);
}

function quarterTurn(turns: Turn['quarterTurns'], { width, height }: Size): Matrix {
  const table: Readonly<Record<Turn['quarterTurns'], Matrix>> = {
    0: [1, 0, 0, 1, 0, 0],
    1: [0, 1, -1, 0, height, 0],
    2: [-1, 0, 0, -1, width, height],
    3: [0, -1, 1, 0, 0, width],
  };
  return table[turns];
}

/** First `inner`, then `outer`. */
export function multiply(outer: Matrix, inner: Matrix): Matrix {
  const [a, b, c, d, e, f] = outer;
  const [p, q, r, s, t, u] = inner;
  return [a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * t + c * u + e, b * t + d * u + f];
}

export function apply([a, b, c, d, e, f]: Matrix, { x, y }: Point): Point {
  return { x: a * x + c * y + e, y: b * x + d * y + f };
}

export function invert([a, b, c, d, e, f]: Matrix): Matrix {
  const n = a * d - b * c;
  return [d / n, -b / n, -c / n, a / n, (c * f - d * e) / n, (b * e - a * f) / n];
}

/** Upright pixels → CSS pixels. */
export function viewMatrix({ center, scale }: View, box: Size): Matrix {
  return [scale, 0, 0, scale, box.width / 2 - scale * center.x, box.height / 2 - scale * center.y];
}

export function fitView(film: Size, box: Size): View {
  const scale = Math.min(box.width / film.width, box.height / film.height);
  return { center: { x: film.width / 2, y: film.height / 2 }, scale: clampScale(scale) };
}

/** Zooms by `factor` and keeps the film's point under the cursor where it is. */
export function zoomAt(view: View, box: Size, cursor: Point, factor: number): View {
  const scale = clampScale(view.scale * factor);
  const dx = cursor.x - box.width / 2;
  const dy = cursor.y - box.height / 2;
  const shift = 1 / view.scale - 1 / scale;
  return { center: { x: view.center.x + dx * shift, y: view.center.y + dy * shift }, scale };
}

/** Moves the film by CSS pixels; its middle never leaves the film, so that a film can not be lost. */
export function panBy(view: View, film: Size, dx: number, dy: number): View {
  const x = clamp(view.center.x - dx / view.scale, 0, film.width);
  const y = clamp(view.center.y - dy / view.scale, 0, film.height);
  return { ...view, center: { x, y } };
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function clampScale(scale: number): number {
  return clamp(scale, SMALLEST_SCALE, LARGEST_SCALE);
}
