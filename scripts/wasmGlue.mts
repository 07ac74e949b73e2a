/**
 * Makes TF.js's WASM loaders fit for our use, without touching the package: patched copies.
 *
 * The package runs its threaded build only in browsers (tfjs#3830): it hands its worker over as a Blob URL, which
 * worker_threads refuse. We take that build for its heap, which threads can share, and start none of its own threads.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

type Patch = readonly [found: string, replacement: string];

const LOADERS: readonly { readonly from: string; readonly to: string; readonly patches: readonly Patch[] }[] = [
  // The loader named after SIMD does not run; the package itself takes this one for both binaries.
  { from: 'tfjs-backend-wasm.js', to: 'tfjs-single.cjs', patches: [] },
  {
    from: 'tfjs-backend-wasm-threaded-simd.js',
    to: 'tfjs-shared.cjs',
    patches: [
      ['pthreadPoolSize=8', 'pthreadPoolSize=0'],
      // The last worker to be loaded says that all is ready; of none, nobody would.
      [
        'numWorkersToLoad=PThread.unusedWorkers.length;',
        'numWorkersToLoad=PThread.unusedWorkers.length;removeRunDependency("wasm-instantiate");',
      ],
    ],
  },
];

function applyPatch(source: string, [found, replacement]: Patch): string {
  if (source.split(found).length !== 2) {
    throw new Error(`tfjs-backend-wasm has changed: "${found}" is not there exactly once.`);
  }
  return source.replace(found, () => replacement);
}

/** Writes the loaders from `packageFolder` (wasm-out) to `folder`. */
export async function writeWasmGlue(packageFolder: string, folder: string): Promise<void> {
  for (const { from, to, patches } of LOADERS) {
    const source = await readFile(join(packageFolder, from), 'utf8');
    await writeFile(join(folder, to), patches.reduce(applyPatch, source));
  }
}
