/** The folder of WASM files and loaders as the build makes it, for tests that open the backend in their own process. */
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { copyWasm, ROOT } from '../../scripts/bundle.mjs';

const made: string[] = [];
/** Built once in each test file; every test gets a copy that it may damage. */
let built: Promise<string> | null = null;

afterAll(async () => {
  for (const folder of made) await rm(folder, { recursive: true, force: true });
});

async function makeFolder(): Promise<string> {
  const cache = join(ROOT, 'node_modules', '.cache', 'hilum-test');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'wasm-'));
  made.push(folder);
  return folder;
}

async function build(): Promise<string> {
  const folder = await makeFolder();
  await copyWasm(folder);
  return join(folder, 'wasm');
}

export async function makeWasmFolder(): Promise<string> {
  const folder = await makeFolder();
  await cp(await (built ??= build()), folder, { recursive: true });
  return folder;
}
