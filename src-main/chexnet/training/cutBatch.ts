/** A batch in pieces, for the sake of memory: each goes through the network alone, and their gradients add up. */
import type { TrainingBatch } from './stepper';

/** Into pieces of nearly the same size: a piece of one film would have poor statistics. */
export function cutBatch(batch: TrainingBatch, most: number | null): TrainingBatch[] {
  const { count, inputs, labels, weights } = batch;
  const pieces = most === null ? 1 : Math.ceil(count / most);
  const cut = (values: Float32Array, from: number, to: number): Float32Array =>
    values.subarray((values.length / count) * from, (values.length / count) * to);
  return Array.from({ length: pieces }, (_, piece) => {
    const [from, to] = [Math.floor((count * piece) / pieces), Math.floor((count * (piece + 1)) / pieces)];
    return {
      count: to - from,
      inputs: cut(inputs, from, to),
      labels: cut(labels, from, to),
      weights: cut(weights, from, to),
    };
  });
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
