/**
 * Makes TF.js's WASM loaders fit for Node and Electron with threads, without touching the package: patched copies.
 *
 * The package runs threads only in browsers (tfjs#3830): it hands the worker over as a Blob URL, which worker_threads
 * refuse; it starts 8 workers whatever the thread count; and it uses half of the cores. The copies take the worker
 * from a file and the thread count from `Module.threads`, which may be 0: its heap alone is shared then.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

type Patch = readonly [found: string, replacement: string];

const LOADERS: readonly { readonly from: string; readonly to: string; readonly patches: readonly Patch[] }[] = [
  // The loader named after SIMD does not run; the package itself takes this one for both binaries.
  { from: 'tfjs-backend-wasm.js', to: 'tfjs-single.cjs', patches: [] },
  {
    from: 'tfjs-backend-wasm-threaded-simd.js',
    to: 'tfjs-shared.cjs',
    patches: [
      // The C++ side takes at most half of what it takes for the machine's logical cores.
      ['return require("os").cpus().length', 'return 2*Math.max(1,Module["threads"])'],
      ['pthreadPoolSize=8', 'pthreadPoolSize=Module["threads"]'],
      // The last worker to be loaded says that all is ready; of none, nobody would.
      [
        'numWorkersToLoad=PThread.unusedWorkers.length;',
        'numWorkersToLoad=PThread.unusedWorkers.length;if(!numWorkersToLoad)removeRunDependency("wasm-instantiate");',
      ],
    ],
  },
];

const WORKER = { from: 'tfjs-backend-wasm-threaded-simd.worker.js', to: 'tfjs-shared.worker.cjs' };

function applyPatch(source: string, [found, replacement]: Patch): string {
  if (source.split(found).length !== 2) {
    throw new Error(`tfjs-backend-wasm has changed: "${found}" is not there exactly once.`);
  }
  return source.replace(found, () => replacement);
}

/** Writes the loaders and the worker from `packageFolder` (wasm-out) to `folder`. */
export async function writeWasmGlue(packageFolder: string, folder: string): Promise<void> {
  for (const { from, to, patches } of LOADERS) {
    const source = await readFile(join(packageFolder, from), 'utf8');
    await writeFile(join(folder, to), patches.reduce(applyPatch, source));
  }
  const worker = createRequire(import.meta.url)(join(packageFolder, WORKER.from)) as { wasmWorkerContents: string };
  // The string was made to be unescaped once more by a Blob.
  await writeFile(join(folder, WORKER.to), worker.wasmWorkerContents.replaceAll('\n', '\\n'));
}
