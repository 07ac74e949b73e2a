/**
 * The backend that is always there: TF.js on WebAssembly with SIMD. It keeps the tensors and computes the head; the
 * layers before it are computed on the same heap by kernels of our own, on threads where they are granted. Where these
 * kernels can not be had, TF.js's operations compute all of it, on one thread.
 *
 * The loaders are those that the build writes (scripts/wasmGlue.mts); they read from the disk and fetch nothing.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { BackendWasm, setThreadsCount, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import { foldNetwork } from '#main/chexnet/network/fold';
import { buildFoldedNetwork } from '#main/chexnet/network/foldedNetwork';
import * as tf from '#main/chexnet/network/tf';
import type { Backend } from '../backend';
import { buildTrunk } from './buildTrunk';
import { openKernels, type OpenKernels } from './openKernels';

/** More gain nothing: the last blocks have no more work to share. */
const MOST_THREADS = 8;
const BATCH_SIZE = 4;

type WasmModule = ConstructorParameters<typeof BackendWasm>[0] & {
  _malloc: (bytes: number) => number;
  readonly _free: (address: number) => void;
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
  readonly wasmMemory?: WebAssembly.Memory;
}) => Promise<WasmModule>;

type Build = { readonly loader: string; readonly binary: string };

const SINGLE: Build = { loader: 'tfjs-single.cjs', binary: 'tfjs-backend-wasm-simd.wasm' };
const SHARED: Build = { loader: 'tfjs-shared.cjs', binary: 'tfjs-backend-wasm-threaded-simd.wasm' };
const WORKER = 'tfjs-shared.worker.cjs';
/** What the shared build asks for: it starts with 16 MB and may grow to 4 GB. */
const PAGES = { initial: 256, maximum: 65_536 };

/** Makes it the current backend of TF.js, whose operations take so many threads. */
async function instantiate(
  folder: string,
  { loader, binary }: Build,
  threads: number,
  memory: { readonly wasmMemory?: WebAssembly.Memory },
): Promise<BackendWasm> {
  const script = join(folder, loader);
  const load = createRequire(script)(script) as LoadModule;
  const module = await load({
    ...memory,
    wasmBinary: await readFile(join(folder, binary)),
    locateFile: (name) => join(folder, name.endsWith('.worker.js') ? WORKER : name),
    mainScriptUrlOrBlob: script,
    threads: threads === 1 ? 0 : threads,
  });
  refuseNull(module);
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
  const backend = new BackendWasm(module);
  // The package registers a backend of its own, which would fetch its files.
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', () => backend);
  await tf.setBackend('wasm');
  return backend;
}

/** TF.js would write a tensor that got no memory to the address 0, over other things. */
function refuseNull(module: WasmModule): void {
  // The first call of Emscripten's function puts another into its place.
  module._free(module._malloc(1));
  const allocate = module._malloc;
  module._malloc = (bytes) => {
    const address = allocate(bytes);
    if (address === 0) throw new Error(`WebAssembly is out of memory: it has no ${bytes} bytes more.`);
    return address;
  };
}

type Opened = { readonly backend: BackendWasm; readonly kernels: OpenKernels | null };

async function openBackend(folder: string, threads: number, tfjsThreads: number): Promise<Opened> {
  try {
    const wasmMemory = new WebAssembly.Memory({ ...PAGES, shared: true });
    const backend = await instantiate(folder, SHARED, tfjsThreads, { wasmMemory });
    return { backend, kernels: await openKernels(folder, backend, wasmMemory, threads) };
  } catch {
    return { backend: await instantiate(folder, SINGLE, 1, {}), kernels: null };
  }
}

function describe(kernels: OpenKernels | null, wanted: number): string {
  const { threads, simd } = kernels ?? { threads: 1, simd: 'SIMD, operations of TF.js alone' };
  const refused = threads < wanted ? ' (more were refused)' : '';
  return `${threads} ${threads === 1 ? 'thread' : 'threads'}${refused}, ${simd}`;
}

/**
 * `folder` holds the WASM files and their loaders; `threads` ≥ 1. Makes itself the current backend of TF.js. Training is
 * done with its operations, which then take as many threads: those spin when they have no work, and would get into the
 * way of the kernels'.
 */
export async function openWasmBackend(
  folder: string,
  threads: number,
  use: 'inference' | 'training' = 'inference',
): Promise<Backend> {
  const wanted = Math.min(threads, MOST_THREADS);
  const { backend, kernels } = await openBackend(folder, wanted, use === 'training' ? wanted : 1);
  const how = describe(kernels, wanted);
  return {
    id: 'wasm',
    device: `CPU, ${how}`,
    name: `wasm ${version_wasm}, ${how}`,
    usesGpu: false,
    batchSize: BATCH_SIZE,
    build: (network, weights, epsilon) => {
      const folded = foldNetwork(network, weights, epsilon);
      return buildFoldedNetwork(folded, kernels && buildTrunk(backend, kernels, folded));
    },
    notice: () => '',
    countTensors: () => tf.memory().numTensors,
  };
}
