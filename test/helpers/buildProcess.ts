/** Bundles a helper process as the product's build does, so that tests start the real thing. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { bundle, copyWasm, ROOT, type BundleName } from '../../scripts/bundle.mjs';

const builds = new Map<string, Promise<string>>();
let folder: Promise<string> | null = null;

/** Inside node_modules, so that the bundles find the packages that stay outside of them. */
async function makeFolder(): Promise<string> {
  const cache = join(ROOT, 'node_modules', '.cache', 'hilum-test');
  await mkdir(cache, { recursive: true });
  const made = await mkdtemp(join(cache, 'build-'));
  await copyWasm(made);
  return made;
}

afterAll(async () => {
  if (folder !== null) await rm(await folder, { recursive: true, force: true });
});

async function build(name: BundleName): Promise<string> {
  const to = await (folder ??= makeFolder());
  await bundle([name], to);
  return join(to, `${name}.cjs`);
}

/** The path of the bundle, built once in each test file; its WASM files lie in `wasm/` beside it. */
export function buildProcess(name: BundleName): Promise<string> {
  const known = builds.get(name) ?? build(name);
  builds.set(name, known);
  return known;
}
