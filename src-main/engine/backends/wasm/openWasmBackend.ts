/**
 * The backend that is always there: TF.js on WebAssembly with SIMD, on threads where they are granted. Its loaders
 * are those that the build writes (scripts/wasmGlue.mts); they read from the disk and fetch nothing.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { BackendWasm, getThreadsCount, setThreadsCount, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import { foldNetwork } from '#main/chexnet/network/fold';
import { buildFoldedNetwork } from '#main/chexnet/network/foldedNetwork';
import * as tf from '#main/chexnet/network/tf';
import type { Backend } from '../backend';

/** More than 8 the C++ side does not take. */
const MOST_THREADS = 8;
const BATCH_SIZE = 4;

type WasmModule = ConstructorParameters<typeof BackendWasm>[0] & {
  readonly cwrap: (
    name: string,
    result: 'number' | null,
    parameters: readonly 'number'[],
  ) => (...values: number[]) => number;
};
type LoadModule = (options: {
  readonly wasmBinary: Uint8Array;
  readonly locateFile: (name: string) => string;
  readonly mainScriptUrlOrBlob: string;
  readonly threads: number;
}) => Promise<WasmModule>;

type Build = { readonly loader: string; readonly binary: string };

const SINGLE: Build = { loader: 'tfjs-single.cjs', binary: 'tfjs-backend-wasm-simd.wasm' };
const THREADED: Build = { loader: 'tfjs-threaded.cjs', binary: 'tfjs-backend-wasm-threaded-simd.wasm' };
const WORKER = 'tfjs-threaded.worker.cjs';

async function instantiate(folder: string, { loader, binary }: Build, threads: number): Promise<BackendWasm> {
  const script = join(folder, loader);
  const load = createRequire(script)(script) as LoadModule;
  const module = await load({
    wasmBinary: await readFile(join(folder, binary)),
    locateFile: (name) => join(folder, name.endsWith('.worker.js') ? WORKER : name),
    mainScriptUrlOrBlob: script,
    threads,
  });
  const { cwrap } = module;
  module.tfjs = {
    init: cwrap('init', null, []),
    initWithThreadsCount: cwrap('init_with_threads_count', null, ['number']),
    getThreadsCount: cwrap('get_threads_count', 'number', []),
    registerTensor: cwrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: cwrap('dispose_data', null, ['number']),
    dispose: cwrap('dispose', null, []),
  };
  setThreadsCount(threads);
  return new BackendWasm(module);
}

type Opened = { readonly module: BackendWasm; readonly threads: string };

/** Threads where they are granted; else one, and `threads` says why. */
async function openModule(folder: string, threads: number): Promise<Opened> {
  let refused = '';
  if (threads > 1) {
    try {
      const module = await instantiate(folder, THREADED, threads);
      return { module, threads: `${getThreadsCount()} threads` };
    } catch {
      refused = ' (more were refused)';
    }
  }
  return { module: await instantiate(folder, SINGLE, 1), threads: `1 thread${refused}` };
}

/** `folder` holds the WASM files and their loaders; `threads` ≥ 1. Makes itself the current backend of TF.js. */
export async function openWasmBackend(folder: string, threads: number): Promise<Backend> {
  const opened = await openModule(folder, Math.min(threads, MOST_THREADS));
  // The package registers a backend of its own, which would fetch its files.
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', () => opened.module);
  await tf.setBackend('wasm');
  return {
    id: 'wasm',
    device: `CPU, ${opened.threads}, SIMD`,
    name: `wasm ${version_wasm}, ${opened.threads}, SIMD`,
    batchSize: BATCH_SIZE,
    build: (network, weights, epsilon) => buildFoldedNetwork(foldNetwork(network, weights, epsilon)),
    countTensors: () => tf.memory().numTensors,
  };
}
