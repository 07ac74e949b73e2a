/**
 * Native TensorFlow, from the engine pack: the network as one graph that we write as a SavedModel and TensorFlow runs
 * whole. As fast as the fastest runtimes of C++, at two to three times their memory.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foldNetwork, type FoldedNetwork } from '#main/chexnet/network/fold';
import { describeInference, FILM, OUTPUTS } from '#main/chexnet/network/graph/inferenceGraph';
import { encodeSavedModel, SERVE } from '#main/chexnet/network/graph/savedModel';
import type { BuiltNetwork, NetworkOutput } from '#main/chexnet/network/network';
import type { Backend } from '../backend';
import { loadBinding, type TensorflowBinding } from './binding';

/** Larger ones are no faster. */
const BATCH_SIZE = 8;
/** Both at every run: TensorFlow optimises a graph anew for each set of outputs, and copying features costs nothing. */
const WANTED = [OUTPUTS.probabilities, OUTPUTS.features].map((name) => `${name}:0`).join();

/** TensorFlow reads SavedModels from the disk only; it holds all of them in memory when this returns. */
function loadGraph(binding: TensorflowBinding, network: FoldedNetwork): number {
  const folder = mkdtempSync(join(tmpdir(), 'hilum-graph-'));
  try {
    writeFileSync(join(folder, 'saved_model.pb'), encodeSavedModel(describeInference(network, null)));
    return binding.loadSavedModel(folder, SERVE);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function buildGraph(binding: TensorflowBinding, network: FoldedNetwork): BuiltNetwork {
  const { inputChannels } = network;
  const graph = loadGraph(binding, network);

  function predict(batch: Float32Array, count: number, wanted: { readonly features: boolean }): NetworkOutput {
    const side = Math.sqrt(batch.length / count / inputChannels);
    const film = binding.createTensor([count, side, side, inputChannels], binding.TF_FLOAT, batch);
    try {
      const outputs = binding.runSavedModel(graph, [film], `${FILM}:0`, WANTED);
      const [probabilities, features] = outputs as [(typeof outputs)[0], (typeof outputs)[0]];
      const output = {
        probabilities: binding.tensorDataSync(probabilities.id),
        features: wanted.features ? binding.tensorDataSync(features.id) : null,
      };
      for (const { id } of outputs) binding.deleteTensor(id);
      return output;
    } finally {
      binding.deleteTensor(film);
    }
  }

  return { predict, dispose: () => binding.deleteSavedModel(graph) };
}

/** `addon` is the path of `tfjs_binding.node`. Throws `engine/unavailable`. */
export function openTensorflowBackend(addon: string, threads: number): Backend {
  const binding = loadBinding(addon, threads);
  const processor = binding.isUsingGpuDevice() ? 'GPU' : 'CPU';
  const device = `${processor}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  return {
    id: 'tensorflow',
    device,
    name: `tensorflow ${binding.TF_Version}, ${device}`,
    batchSize: BATCH_SIZE,
    build: (network, weights, epsilon) => buildGraph(binding, foldNetwork(network, weights, epsilon)),
    countTensors: () => binding.getNumOfTensors(),
  };
}
