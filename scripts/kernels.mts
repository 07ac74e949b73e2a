/**
 * Compiles our kernels (src-main/engine/kernels, AssemblyScript) to WebAssembly: once for every engine with SIMD, once
 * for those that also have relaxed SIMD. The compiler takes a second, and two dozen test files need what it makes: the
 * files are kept, under a hash of all that they are made from.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const PACKAGE = createRequire(import.meta.url).resolve('assemblyscript/package.json');
const COMPILER = join(dirname(PACKAGE), 'bin', 'asc.js');

const VARIANTS = { 'kernels.wasm': [], 'kernels-relaxed.wasm': ['--enable', 'relaxed-simd'] };

const OPTIONS = [
  ...['-O3', '--noAssert', '--runtime', 'stub'],
  ...['--enable', 'simd', '--enable', 'threads'],
  // The heap of TF.js, as its shared build declares it.
  ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
  // SIMD registers are exchanged among the kernels only.
  ...['--disableWarning', '112'],
];

async function hashInputs(source: string): Promise<string> {
  const files = (await readdir(source)).sort().map((name) => join(source, name));
  const hash = createHash('sha256').update(JSON.stringify([VARIANTS, OPTIONS]));
  for (const file of [PACKAGE, ...files]) hash.update(await readFile(file));
  return hash.digest('hex');
}

async function compile(source: string, folder: string): Promise<void> {
  for (const [file, options] of Object.entries(VARIANTS)) {
    const args = [COMPILER, join(source, 'main.ts'), ...OPTIONS, ...options, '-o', join(folder, file)];
    await promisify(execFile)(process.execPath, args);
  }
}

/** Writes the WASM files into `folder`; `cache` is where they are kept. */
export async function buildKernels(source: string, folder: string, cache: string): Promise<void> {
  const kept = join(cache, `kernels-${await hashInputs(source)}`);
  if (!existsSync(kept)) {
    await mkdir(cache, { recursive: true });
    const fresh = await mkdtemp(join(cache, 'fresh-'));
    await compile(source, fresh);
    // Whoever made the same meanwhile was as good.
    await rename(fresh, kept).catch(() => rm(fresh, { recursive: true }));
  }
  await cp(kept, folder, { recursive: true });
}
