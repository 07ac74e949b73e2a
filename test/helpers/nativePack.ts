/**
 * The native pack for tests and benchmarks, installed once by the product's own code into a cache that outlives the
 * run: the wheel is 207 MB. Where it can not be had, what needs it is skipped, and says why.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { toErrorBody } from '#main/contract/errors';
import { forkChild } from '#main/channel/forkChild';
import { createEnginePack } from '#main/workflows/enginePack';
import { ROOT } from '../../scripts/bundle.mjs';

/** Path of the addon, tried by this bundle of the engine process; null where the pack can not be installed. */
export async function findNativeAddon(engineFile: string): Promise<string | null> {
  const home = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'hilum', 'test-pack');
  const resources = join(ROOT, 'resources');
  const start = () => forkChild(engineFile, { ...process.env, HILUM_RESOURCES: resources });
  const pack = createEnginePack({ home, resources, start });
  try {
    await mkdir(home, { recursive: true });
    const known = await pack.findAddon();
    if (known !== null) return known;
    process.stderr.write('Installing the native pack for tests and benchmarks (207 MB to download) …\n');
    const { addon } = await pack.install({ signal: AbortSignal.timeout(240_000), onProgress: () => undefined });
    return addon;
  } catch (error) {
    const { code, message } = toErrorBody(error);
    process.stderr.write(`NOT TESTED: native TensorFlow. ${message} [${code}]\n`);
    return null;
  }
}
