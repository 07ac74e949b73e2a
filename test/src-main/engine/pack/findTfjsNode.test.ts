import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forkChild } from '#main/channel/forkChild';
import { createEngineHost } from '#main/engine/host/engineHost';
import { findTfjsNode } from '#main/engine/pack/findTfjsNode';
import { buildProcess } from '#test/helpers/buildProcess';
import { findNativeAddon } from '#test/helpers/nativePack';
import { ROOT } from '../../../../scripts/bundle.mjs';

const engineFile = await buildProcess('engine');
const addon = await findNativeAddon(engineFile);

let project: string;
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'hilum-tfjs-'));
});
afterEach(() => rm(project, { recursive: true, force: true }));

/** What `npm install` leaves of such a package, with these files beside its addon. */
async function installTfjs(name: string, files: readonly string[], version: number): Promise<string> {
  const folder = join(project, 'node_modules', '@tensorflow', name);
  const lib = join(folder, 'lib', `napi-v${version}`);
  await mkdir(lib, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: `@tensorflow/${name}`, version: '4.22.0' }));
  for (const file of files) await symlink(file, join(lib, file.slice(file.lastIndexOf('/') + 1)));
  return folder;
}

describe("a person's own tfjs-node", () => {
  it('is found from a project and from its own folder, the one for GPUs before the other, the newest N-API', async () => {
    const folder = await installTfjs('tfjs-node', [], 6);
    await writeFile(join(folder, 'lib', 'napi-v6', 'tfjs_binding.node'), '');
    await mkdir(join(folder, 'lib', 'napi-v10'));
    await writeFile(join(folder, 'lib', 'napi-v10', 'tfjs_binding.node'), '');
    const expected = join(folder, 'lib', 'napi-v10', 'tfjs_binding.node');
    expect([findTfjsNode(project), findTfjsNode(folder)]).toEqual([expected, expected]);
    const gpu = await installTfjs('tfjs-node-gpu', [], 8);
    await writeFile(join(gpu, 'lib', 'napi-v8', 'tfjs_binding.node'), '');
    expect(findTfjsNode(project)).toBe(join(gpu, 'lib', 'napi-v8', 'tfjs_binding.node'));
  });

  it('is named where it should have been when it is not there', () => {
    expect(findTfjsNode(project)).toBe(join(project, 'lib', 'tfjs_binding.node'));
  });

  it.skipIf(addon === null)('is used by the engine after its self-test', { timeout: 60_000 }, async () => {
    const pack = dirname(addon!);
    const files = (await readdir(pack)).map((name) => join(pack, name));
    await installTfjs('tfjs-node', files, 8);
    const env = { ...process.env, HILUM_RESOURCES: join(ROOT, 'resources') };
    const findAddon = (): Promise<string> => Promise.resolve(findTfjsNode(project));
    const host = createEngineHost({ start: () => forkChild(engineFile, env), threads: 2, findAddon });
    const { state, chosen } = await host.ready();
    await host.close();
    expect({ state, chosen }).toEqual({ state: 'ready', chosen: 'tensorflow' });
  });
});
