/**
 * Native TensorFlow, from the engine pack: the network as one graph that we write as a SavedModel and TensorFlow runs
 * whole. As fast as the fastest runtimes of C++, at two to three times their memory.
 */
import { foldNetwork, type FoldedNetwork } from '#main/chexnet/network/fold';
import { describeInference, describeLanes, FILM, OUTPUTS } from '#main/chexnet/network/graph/inferenceGraph';
import type { BuiltNetwork } from '#main/chexnet/network/network';
import { FILM_SIZE, type Backend } from '../backend';
import { loadBinding, type TensorflowBinding } from './binding';
import { describeProcessor } from './describeProcessor';
import { joined } from './joined';
import { loadGraph, type LoadedGraph } from './loadedGraph';
import { loadOwnOperation } from './loadOwnOperation';
import { predictInBatches } from './predictInBatches';
import { listThreads, spreadThreads, threadsSince } from './spreadThreads';

/** Between two batches the engine hears of a cancellation; larger ones are no faster. */
const BATCH_SIZE = 8;
/** Each lane of the graph packs the network's weights once more. */
const MOST_LANES = 4;
/** In probability, between a film alone and the same one beside others: the self-test's. */
const MOST_DIFFERENCE = 1e-4;
/** Both at every run: TensorFlow optimises a graph anew for each set of outputs, and the features are there anyway. */
const WANTED = [OUTPUTS.probabilities, OUTPUTS.features];

type Predict = BuiltNetwork['predict'];

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);
}

/**
 * A film in each lane at a time; those left over one by one, in bands. The self-test has compared films that were
 * alone; lanes, which take a second and 100 MB to make, are made with the first batch and used once they agree.
 */
function predictInLanes(graph: LoadedGraph, inputChannels: number, lanes: number): Predict {
  const together = Array.from({ length: lanes }, (_, lane) => `_${lane}`);
  const alone = [''];
  let trustsLanes: boolean | null = lanes > 1 ? null : false;

  function run(films: readonly Float32Array[], names: readonly string[]): Float32Array[] {
    const inputs = names.map((name, i) => {
      const data = films[i]!;
      const side = Math.sqrt(data.length / inputChannels);
      return { name: FILM + name, shape: [1, side, side, inputChannels], data };
    });
    return graph.run(
      inputs,
      names.flatMap((name) => WANTED.map((output) => output + name)),
    );
  }

  function lanesAgree(films: readonly Float32Array[]): boolean {
    const sideBySide = run(films, together);
    return together.every((_, lane) => {
      const [probabilities] = run([films[lane]!], alone);
      return largestDifference(probabilities!, sideBySide[lane * WANTED.length]!) <= MOST_DIFFERENCE;
    });
  }

  return (batch, count, wanted) => {
    const length = batch.length / count;
    const films = Array.from({ length: count }, (_, i) => batch.subarray(i * length, (i + 1) * length));
    const outputs: Float32Array[] = [];
    if (films.length >= lanes) trustsLanes ??= lanesAgree(films);
    while (films.length > 0) {
      const names = trustsLanes === true && films.length >= lanes ? together : alone;
      outputs.push(...run(films.splice(0, names.length), names));
    }
    const every = (place: number): Float32Array => joined(outputs.filter((_, i) => i % WANTED.length === place));
    return { probabilities: every(0), features: wanted.features ? every(1) : null };
  };
}

type Built = {
  readonly binding: TensorflowBinding;
  readonly size: number;
  readonly lanes: number;
  readonly ownOperation: boolean;
};

/** `onSmaller` is told of how many films fit into the memory of the GPU where not all did. */
function buildGraph(
  network: FoldedNetwork,
  { binding, size, lanes, ownOperation }: Built,
  onSmaller: (films: number) => void,
): BuiltNetwork {
  const { inputChannels } = network;
  const onGpu = binding.isUsingGpuDevice();
  const description = onGpu
    ? describeInference(network, size)
    : describeLanes(network, { size, threads: lanes, ownOperation });
  const graph = loadGraph(binding, description);
  const predict = onGpu
    ? predictInBatches(graph, inputChannels, onSmaller)
    : predictInLanes(graph, inputChannels, lanes);
  return { predict, dispose: () => graph.dispose() };
}

export type TensorflowOptions = {
  /** Path of `tfjs_binding.node`. */
  readonly addon: string;
  /** The folder of what comes with the product. */
  readonly resources: string;
  readonly threads: number;
  /** False leaves GPUs alone. */
  readonly gpu?: boolean;
};

/** Throws `engine/unavailable`. */
export function openTensorflowBackend({ addon, resources, threads, gpu = true }: TensorflowOptions): Backend {
  if (!gpu) process.env['CUDA_VISIBLE_DEVICES'] = '-1';
  const lanes = Math.min(threads, MOST_LANES);
  const before = listThreads();
  const threadsOfOperation = Math.floor(threads / lanes);
  const binding = loadBinding(addon, threadsOfOperation, lanes);
  const usesGpu = binding.isUsingGpuDevice();
  // Which has one thread, where TensorFlow's operations may have several.
  const ownOperation = !usesGpu && threadsOfOperation === 1 && loadOwnOperation(resources);
  const absence = gpu ? 'none' : 'ignored';
  const device = describeProcessor(usesGpu ? 'used' : absence, addon, threads);
  let largest = BATCH_SIZE;
  return {
    id: 'tensorflow',
    device,
    name: `tensorflow ${binding.TF_Version}, ${device}`,
    usesGpu,
    batchSize: BATCH_SIZE,
    build: (network, weights, epsilon, size = FILM_SIZE) => {
      const folded = foldNetwork(network, weights, epsilon);
      const built = buildGraph(folded, { binding, size, lanes, ownOperation }, (films) => {
        largest = Math.min(largest, films);
      });
      // Not when the libraries are loaded: too early for the threads that run graphs.
      if (!usesGpu && lanes > 1) void spreadThreads(threadsSince(before), lanes);
      return built;
    },
    notice: () => (largest < BATCH_SIZE ? `The memory of the GPU is short: films are taken ${largest} at a time.` : ''),
    countTensors: () => binding.getNumOfTensors(),
  };
}
