/** A SavedModel inside TensorFlow, run by the names of its tensors. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeSavedModel, SERVE, type SavedModel } from '#main/chexnet/network/graph/savedModel';
import type { TensorflowBinding } from './binding';

export type FedTensor = { readonly name: string; readonly shape: readonly number[]; readonly data: Float32Array };

export type LoadedGraph = {
  /** The outputs in the order of their names, as copies. Blocks until the graph has run. */
  run(inputs: readonly FedTensor[], outputs: readonly string[]): Float32Array[];
  dispose(): void;
};

/** TensorFlow reads SavedModels from the disk only; it holds all of them in memory when this returns. */
function load(binding: TensorflowBinding, model: SavedModel): number {
  const folder = mkdtempSync(join(tmpdir(), 'hilum-graph-'));
  try {
    writeFileSync(join(folder, 'saved_model.pb'), encodeSavedModel(model));
    return binding.loadSavedModel(folder, SERVE);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function names(tensors: readonly string[]): string {
  return tensors.map((name) => `${name}:0`).join();
}

export function loadGraph(binding: TensorflowBinding, model: SavedModel): LoadedGraph {
  const id = load(binding, model);

  function run(inputs: readonly FedTensor[], outputs: readonly string[]): Float32Array[] {
    const fed = inputs.map(({ shape, data }) => binding.createTensor(shape, binding.TF_FLOAT, data));
    try {
      const fetched = binding.runSavedModel(id, fed, names(inputs.map(({ name }) => name)), names(outputs));
      return fetched.map((tensor) => {
        const data = binding.tensorDataSync(tensor.id);
        binding.deleteTensor(tensor.id);
        return data;
      });
    } finally {
      for (const tensor of fed) binding.deleteTensor(tensor);
    }
  }

  return { run, dispose: () => binding.deleteSavedModel(id) };
}
