/**
 * Compiles our kernels (src-main/engine/kernels, AssemblyScript) to WebAssembly: once for every engine with SIMD, once
 * for those that also have relaxed SIMD.
 */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const COMPILER = join(dirname(createRequire(import.meta.url).resolve('assemblyscript/package.json')), 'bin', 'asc.js');

const VARIANTS = { 'kernels.wasm': [], 'kernels-relaxed.wasm': ['--enable', 'relaxed-simd'] };

const OPTIONS = [
  ...['-O3', '--noAssert', '--runtime', 'stub'],
  ...['--enable', 'simd', '--enable', 'threads'],
  // The heap of TF.js, as its shared build declares it.
  ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
  // SIMD registers are exchanged among the kernels only.
  ...['--disableWarning', '112'],
];

/** Compiles `main` into `folder`. */
export async function buildKernels(main: string, folder: string): Promise<void> {
  for (const [file, options] of Object.entries(VARIANTS)) {
    const args = [COMPILER, main, ...OPTIONS, ...options, '-o', join(folder, file)];
    await promisify(execFile)(process.execPath, args);
  }
}
