/**
 * A person's own @tensorflow/tfjs-node or tfjs-node-gpu, which its installation has built or downloaded for this very
 * computer: its addon is the one that we need, with libraries of its own.
 */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];
const ADDON = 'tfjs_binding.node';

function packageFolder(folder: string): string {
  const require = createRequire(join(folder, 'from-here.cjs'));
  for (const name of PACKAGES) {
    try {
      return dirname(require.resolve(`${name}/package.json`));
    } catch {
      // The next one, or the folder itself.
    }
  }
  return folder;
}

/**
 * `folder` is the package's, or one from which Node finds it. The path of the addon for the newest N-API; where there
 * is none, the path at which it was expected, so that loading it says so.
 */
export function findTfjsNode(folder: string): string {
  const lib = join(packageFolder(resolve(folder)), 'lib');
  const versions = existsSync(lib) ? readdirSync(lib).flatMap((name) => /^napi-v(\d+)$/.exec(name)?.[1] ?? []) : [];
  const newest = versions
    .map(Number)
    .sort((a, b) => b - a)
    .find((version) => existsSync(join(lib, `napi-v${version}`, ADDON)));
  return newest === undefined ? join(lib, ADDON) : join(lib, `napi-v${newest}`, ADDON);
}
