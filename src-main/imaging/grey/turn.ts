/**
 * Turning a film so that the head is up and the patient's left is at the viewer's right (PS3.3 C.7.6.1.1.1).
 * A turn is a mirroring (left to right) followed by quarter turns clockwise.
 */
import type { Turn } from '#main/contract/film';

export const NO_TURN: Turn = { quarterTurns: 0, mirrored: false };

type Direction = readonly [x: number, y: number];

/** Where each way of the body points on a frontal film hung as radiologists hang it; y grows downwards. */
const FRONTAL: Readonly<Record<string, Direction>> = { L: [1, 0], R: [-1, 0], F: [0, 1], H: [0, -1] };

/** One letter of each axis at the most, the one that a direction is nearest to first: `L`, `LF`. */
const DIRECTION = /^(?!.*[LR].*[LR])(?!.*[HF].*[HF])(?!.*[AP].*[AP])[LRHFAP]+$/;

/**
 * The turn that PatientOrientation asks for: `rows\columns`, where the rows point and where the columns point, as in
 * `L\F`. Only the first letter of each counts. Null where the value is absent, is no pair of perpendicular directions
 * of a frontal film, or says front or back: such a film is left as it is stored.
 */
export function turnFromOrientation(patientOrientation: string): Turn | null {
  const directions = patientOrientation.toUpperCase().split('\\');
  if (directions.length !== 2 || !directions.every((direction) => DIRECTION.test(direction.trim()))) return null;
  const [rows, columns] = directions.map((direction) => FRONTAL[direction.trim().charAt(0)]);
  if (rows === undefined || columns === undefined) return null;
  if (rows[0] * columns[0] + rows[1] * columns[1] !== 0) return null;
  // Rows point along `rows`, columns along `columns`: a proper frame has columns a quarter turn clockwise of rows.
  const mirrored = rows[0] * columns[1] - rows[1] * columns[0] < 0;
  const right: Direction = mirrored ? [-rows[0], -rows[1]] : rows;
  // Clockwise quarter turns that bring the picture's right edge to where `right` points.
  const quarterTurns = right[0] === 1 ? 0 : right[1] === 1 ? 1 : right[0] === -1 ? 2 : 3;
  return { quarterTurns, mirrored };
}

export function isTurned(turn: Turn): boolean {
  return turn.quarterTurns !== 0 || turn.mirrored;
}

/** Rows and columns of the turned picture. */
export function turnedSize(rows: number, columns: number, turn: Turn): { rows: number; columns: number } {
  return turn.quarterTurns % 2 === 1 ? { rows: columns, columns: rows } : { rows, columns };
}

/** The turned picture, row by row; the given array itself where nothing is to be turned. */
export function turnPicture<Samples extends Uint8Array | Uint16Array | Int16Array>(
  picture: Samples,
  rows: number,
  columns: number,
  turn: Turn,
): Samples {
  if (!isTurned(turn)) return picture;
  const size = turnedSize(rows, columns, turn);
  const turned = new (picture.constructor as new (length: number) => Samples)(picture.length);
  // Where pixel (0,0) of the result lies in the source, and how the source index moves along its rows and columns.
  const sourceAt = (row: number, column: number): number => {
    const [y, x] = unturned(row, column, size, turn.quarterTurns);
    return y * columns + (turn.mirrored ? columns - 1 - x : x);
  };
  const start = sourceAt(0, 0);
  const alongRow = size.columns > 1 ? sourceAt(0, 1) - start : 0;
  const alongColumn = size.rows > 1 ? sourceAt(1, 0) - start : 0;
  let to = 0;
  for (let row = 0; row < size.rows; row++) {
    let from = start + row * alongColumn;
    for (let column = 0; column < size.columns; column++, from += alongRow) turned[to++] = picture[from] ?? 0;
  }
  return turned;
}

/** The source pixel that clockwise quarter turns bring to (row, column). */
function unturned(
  row: number,
  column: number,
  size: { rows: number; columns: number },
  quarterTurns: Turn['quarterTurns'],
): readonly [number, number] {
  if (quarterTurns === 1) return [size.columns - 1 - column, row];
  if (quarterTurns === 2) return [size.rows - 1 - row, size.columns - 1 - column];
  if (quarterTurns === 3) return [column, size.rows - 1 - row];
  return [row, column];
}
