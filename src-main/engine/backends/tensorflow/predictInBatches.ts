/**
 * All films at once, as a GPU likes it. What does not fit into its memory is halved, and stays halved, of which
 * `onSmaller` is told; a single film that does not fit is `engine/out-of-memory`.
 */
import { FILM, OUTPUTS } from '#main/chexnet/network/graph/inferenceGraph';
import type { BuiltNetwork } from '#main/chexnet/network/network';
import { AppError } from '#main/contract/errors';
import { isOutOfMemory } from './isOutOfMemory';
import { joined } from './joined';
import type { LoadedGraph } from './loadedGraph';

const WANTED = [OUTPUTS.probabilities, OUTPUTS.features];

export function predictInBatches(
  graph: Pick<LoadedGraph, 'run'>,
  inputChannels: number,
  onSmaller: (films: number) => void,
): BuiltNetwork['predict'] {
  let largest = Infinity;

  function run(films: Float32Array, count: number): Float32Array[] {
    const side = Math.sqrt(films.length / count / inputChannels);
    return graph.run([{ name: FILM, shape: [count, side, side, inputChannels], data: films }], WANTED);
  }

  /** Halves until it fits. */
  function runSome(films: Float32Array, wanted: number, length: number): { outputs: Float32Array[]; count: number } {
    for (let count = Math.min(wanted, largest); ; count = Math.ceil(count / 2)) {
      try {
        return { outputs: run(films.subarray(0, count * length), count), count };
      } catch (error) {
        if (!isOutOfMemory(error)) throw error;
        if (count === 1) {
          throw new AppError('engine/out-of-memory', 'The memory of the GPU does not hold one film.', {}, error);
        }
        largest = Math.ceil(count / 2);
        onSmaller(largest);
      }
    }
  }

  return (batch, count, wanted) => {
    const length = batch.length / count;
    const results: Float32Array[][] = [];
    for (let start = 0; start < count;) {
      const some = runSome(batch.subarray(start * length), count - start, length);
      results.push(some.outputs);
      start += some.count;
    }
    const every = (output: number): Float32Array => joined(results.map((outputs) => outputs[output]!));
    return { probabilities: every(0), features: wanted.features ? every(1) : null };
  };
}
