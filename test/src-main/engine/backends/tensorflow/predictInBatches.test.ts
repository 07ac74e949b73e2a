/** A graph that holds two films at most stands for a GPU, which none of our machines has. */
import { expect, it } from 'vitest';
import { describeGpu } from '#main/engine/backends/tensorflow/describeProcessor';
import type { LoadedGraph } from '#main/engine/backends/tensorflow/loadedGraph';
import { predictInBatches } from '#main/engine/backends/tensorflow/predictInBatches';

/** Each film's first pixel is its probability, and twice that its feature. */
function graphOf(films: number, message = 'OOM when allocating tensor with shape[8,112,112,64]') {
  const counts: number[] = [];
  const run: LoadedGraph['run'] = ([film]) => {
    const count = film!.shape[0]!;
    counts.push(count);
    if (count > films) throw new Error(message);
    const each = film!.data.length / count;
    const first = Float32Array.from({ length: count }, (_, i) => film!.data[i * each]!);
    return [first, first.map((value) => 2 * value)];
  };
  return { graph: { run }, counts };
}

const BATCH = Float32Array.from({ length: 7 * 4 }, (_, i) => Math.floor(i / 4));

it('halves a batch that the memory does not hold, gives every film once, and stays at what fits', () => {
  const { graph, counts } = graphOf(2);
  const told: number[] = [];
  const predict = predictInBatches(graph, 1, (films) => told.push(films));
  const output = predict(BATCH, 7, { features: true });
  expect(output).toEqual({
    probabilities: Float32Array.of(0, 1, 2, 3, 4, 5, 6),
    features: Float32Array.of(0, 2, 4, 6, 8, 10, 12),
  });
  predict(BATCH, 7, { features: false });
  expect(counts).toEqual([7, 4, 2, 2, 2, 1, 2, 2, 2, 1]);
  expect(told).toEqual([4, 2]);
});

it('says so where not even one film fits, and leaves other errors as they are', () => {
  const code = (graph: Pick<LoadedGraph, 'run'>): unknown => {
    try {
      return predictInBatches(graph, 1, () => undefined)(BATCH, 7, { features: false });
    } catch (error) {
      return (error as { code?: string }).code ?? (error as Error).message;
    }
  };
  expect(code(graphOf(0).graph)).toBe('engine/out-of-memory');
  expect(code(graphOf(0, 'Invalid argument').graph)).toBe('Invalid argument');
});

it.each([
  ['NVIDIA H100 80GB HBM3, 550.54.15, 81559 MiB\n', 'NVIDIA H100 80GB HBM3, 81559 MiB, driver 550.54.15'],
  ['No devices were found', ''],
  ['', ''],
])('tells a GPU by the words of nvidia-smi: %j', (line, expected) => {
  expect(describeGpu(line)).toBe(expected);
});
