/** Our kernels beside those of TF.js: on the same heap, with threads of their own. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { openHeap, type Heap } from './heap';
import { instantiate, type ThreadOptions } from './kernelModule';
import type { Program } from './planTrunk';

/** The first that the engine takes: Node 20 has no relaxed SIMD, which lends the fused multiply-add. */
const BINARIES = [
  { file: 'kernels-relaxed.wasm', simd: 'relaxed SIMD' },
  { file: 'kernels.wasm', simd: 'SIMD' },
];
const THREAD = 'kernelThread.cjs';
/** Of the kernels' `Control`. */
const CONTROL_WORDS = 8;
const FLOAT_BYTES = 4;

export type OpenKernels = {
  readonly simd: string;
  /** That work, this one counted. */
  readonly threads: number;
  openHeap(): Heap;
  /** `scratch` has `program.scratchFloats` for each thread. Blocks until done. */
  run(program: Program, scratch: number, source: number, target: number): void;
  /** To be called before memory that a program used is released. */
  settle(): void;
};

async function compile(folder: string): Promise<{ module: WebAssembly.Module; simd: string }> {
  for (const { file, simd } of BINARIES) {
    const binary = await readFile(join(folder, file));
    if (WebAssembly.validate(binary)) return { module: await WebAssembly.compile(binary), simd };
  }
  throw new Error('This JavaScript engine has neither SIMD nor threads in WebAssembly.');
}

/** Rejects where the thread is refused. */
async function startThread(file: string, workerData: ThreadOptions): Promise<void> {
  const worker = new Worker(file, { name: 'kernels', workerData });
  await new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve());
    // One that dies later has told the kernels, and they tell whoever runs a program.
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('The thread ended before it was ready.')));
  });
  // It ends with the process, and keeps none alive.
  worker.unref();
}

/** `memory` is the backend's, and shared. */
export async function openKernels(
  folder: string,
  backend: BackendWasm,
  memory: WebAssembly.Memory,
  threads: number,
): Promise<OpenKernels> {
  const { module, simd } = await compile(folder);
  const { run, settle } = instantiate({ module, memory });
  const control = openHeap(backend, memory).reserve(CONTROL_WORDS);
  const helpers = Array.from({ length: threads - 1 }, (_, i) =>
    startThread(join(folder, THREAD), { module, memory, control, thread: i + 1 }),
  );
  const started = (await Promise.allSettled(helpers)).filter(({ status }) => status === 'fulfilled');
  return {
    simd,
    threads: started.length + 1,
    openHeap: () => openHeap(backend, memory),
    run: ({ address, steps, scratchFloats }, scratch, source, target) =>
      run(control, address, steps, scratch, scratchFloats * FLOAT_BYTES, source, target),
    settle: () => settle(control),
  };
}
