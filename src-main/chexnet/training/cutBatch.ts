/** A batch in pieces, for the sake of memory: each goes through the network alone, and their gradients add up. */
import type { TrainingBatch } from './stepper';

type Piece = { readonly from: number; readonly to: number };

/** Of nearly the same size, `most` films at most: a piece of one film would have poor statistics. */
export function cutPieces(count: number, most: number | null): Piece[] {
  const pieces = most === null ? 1 : Math.ceil(count / most);
  const start = (piece: number): number => Math.floor((count * piece) / pieces);
  return Array.from({ length: pieces }, (_, piece) => ({ from: start(piece), to: start(piece + 1) }));
}

/** A piece of what holds the values of `count` films. */
export function takePiece(values: Float32Array, count: number, { from, to }: Piece): Float32Array {
  return values.subarray((values.length / count) * from, (values.length / count) * to);
}

export function cutBatch({ count, inputs, labels, weights }: TrainingBatch, most: number | null): TrainingBatch[] {
  return cutPieces(count, most).map((piece) => ({
    count: piece.to - piece.from,
    inputs: takePiece(inputs, count, piece),
    labels: takePiece(labels, count, piece),
    weights: takePiece(weights, count, piece),
  }));
}

export function joinPieces(arrays: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(arrays.reduce((length, array) => length + array.length, 0));
  let offset = 0;
  for (const array of arrays) {
    joined.set(array, offset);
    offset += array.length;
  }
  return joined;
}
