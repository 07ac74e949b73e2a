/** The folder of WASM files and loaders as the build makes it, for tests that open the backend in their own process. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { copyWasm, ROOT } from '../../scripts/bundle.mjs';

const made: string[] = [];

afterAll(async () => {
  for (const folder of made) await rm(folder, { recursive: true, force: true });
});

export async function makeWasmFolder(): Promise<string> {
  const cache = join(ROOT, 'node_modules', '.cache', 'hilum-test');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'wasm-'));
  made.push(folder);
  await copyWasm(folder);
  return join(folder, 'wasm');
}
