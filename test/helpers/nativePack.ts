/**
 * The native pack for tests, installed once by the product's own code into a cache that outlives the run: the wheel is
 * 207 MB. Where it can not be had, tests that need it are skipped, and say why.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { toErrorBody } from '#main/contract/errors';
import { forkChild } from '#main/channel/forkChild';
import { createEnginePack } from '#main/workflows/enginePack';
import { ROOT } from '../../scripts/bundle.mjs';
import { buildProcess } from './buildProcess';

/** Path of the addon; null where the pack can not be installed. */
export async function findNativeAddon(): Promise<string | null> {
  const home = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'hilum', 'test-pack');
  await mkdir(home, { recursive: true });
  const resources = join(ROOT, 'resources');
  const engineFile = await buildProcess('engine');
  const start = () => forkChild(engineFile, { ...process.env, HILUM_RESOURCES: resources });
  const pack = createEnginePack({ home, resources, start });
  try {
    const known = await pack.findAddon();
    if (known !== null) return known;
    process.stdout.write('Installing the native pack for the tests (207 MB to download) …\n');
    const { addon } = await pack.install({ signal: AbortSignal.timeout(240_000), onProgress: () => undefined });
    return addon;
  } catch (error) {
    const { code, message } = toErrorBody(error);
    process.stdout.write(`NOT TESTED: native TensorFlow. ${message} [${code}]\n`);
    return null;
  }
}
