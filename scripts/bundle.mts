/**
 * How the CommonJS bundles are made: one description for the build and for the tests, which start the same
 * helper processes as the product does.
 */
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { buildKernels } from './kernels.mts';
import { writeWasmGlue } from './wasmGlue.mts';

export const ROOT = join(import.meta.dirname, '..');

/** Every file that some runtime starts. Electron's main must be CommonJS: an ES module with a top-level await hangs Playwright. */
export const ENTRIES = {
  shell: 'src-main/shell/main.ts',
  preload: 'src-main/shell/preload/preload.ts',
  cli: 'src-main/cli/main.ts',
  engine: 'src-main/engine/process/main.ts',
  trainer: 'src-main/engine/trainer/main.ts',
  decode: 'src-main/decoding/process/main.ts',
  database: 'src-main/database/worker/main.ts',
  model: 'src-main/shell/modelWorker/main.ts',
} as const;

export type BundleName = keyof typeof ENTRIES;

/** Native or Electron's own: loaded at run time from node_modules, never bundled. */
const EXTERNAL = ['electron', 'better-sqlite3', 'sharp'];

const TFJS_WASM = 'node_modules/@tensorflow/tfjs-backend-wasm/wasm-out';

const KERNELS = 'src-main/engine/kernels';
const KERNEL_THREAD = 'src-main/engine/backends/wasm/kernelThread.ts';

/** Package folder → the files of it that must lie in `wasm/` beside the bundles. */
const WASM: Record<string, RegExp> = {
  [TFJS_WASM]: /simd\.wasm$/,
  'node_modules/dcmjs-codecs/build': /\.wasm$/,
};

const OPTIONS = {
  absWorkingDir: ROOT,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  format: 'cjs',
  platform: 'node',
  // Electron 33 (the fallback runtime) has Node 20.
  target: 'node20',
  external: EXTERNAL,
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  // Some packages ask for import.meta.url, which CommonJS has not. A sandboxed preload script has no __filename either.
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: {
    js: "const importMetaUrl = typeof __filename === 'undefined' ? '' : require('node:url').pathToFileURL(__filename).href;",
  },
} satisfies BuildOptions;

/** Writes NAME.cjs of each name into `folder`. */
export async function bundle(names: readonly BundleName[], folder: string): Promise<void> {
  await bundleFiles(Object.fromEntries(names.map((name) => [name, ENTRIES[name]])), folder);
}

/** Writes NAME.cjs of each file, given by its path in the repository, into `folder`. */
export async function bundleFiles(entryPoints: Readonly<Record<string, string>>, folder: string): Promise<void> {
  await build({ ...OPTIONS, entryPoints, outdir: folder });
}

/** Copies the WASM files and what loads them to `folder`/wasm, where `wasmFolder()` looks for them. */
export async function copyWasm(folder: string): Promise<void> {
  const to = join(folder, 'wasm');
  await mkdir(to, { recursive: true });
  for (const [packageFolder, wanted] of Object.entries(WASM)) {
    const from = join(ROOT, packageFolder);
    await cp(from, to, { recursive: true, filter: (path) => path === from || wanted.test(path) });
  }
  await writeWasmGlue(join(ROOT, TFJS_WASM), to);
  await buildKernels(join(ROOT, KERNELS), to, join(ROOT, 'node_modules', '.cache', 'hilum'));
  await build({ ...OPTIONS, entryPoints: { kernelThread: KERNEL_THREAD }, outdir: to });
}
