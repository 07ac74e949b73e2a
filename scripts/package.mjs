/**
 * npm run package [-- AppImage deb nsis dmg] [--with-engine]: an unpacked application in release/, or the installers
 * that are named; with native TensorFlow and its licences inside (Linux on x64), which costs 615 MB.
 * With the fallback Electron the application is called hilum-dev, and there are no installers of it: that runtime has
 * known holes, which no person should get to rely on.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'electron-builder';
import { findElectron } from './electronRuntime.mjs';
import { stageFiles } from './stage.mjs';

const require = createRequire(import.meta.url);
const { isBuilt } = require('./buildStamp.cjs');
const { ROOT } = require('./paths.cjs');
const APPLICATION = join(ROOT, 'build', 'package');
const INSTALLERS = { AppImage: 'linux', deb: 'linux', nsis: 'win', dmg: 'mac' };
const HERE = { linux: 'linux', win32: 'win', darwin: 'mac' }[process.platform];

/** Installed by Hilum's own command into the cache that the tests use; the folder of the pack. */
function bringEngine() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('--with-engine: the native pack is for Linux on x64 only.');
  }
  const home = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'hilum', 'test-pack');
  const env = { ...process.env, HILUM_HOME: home };
  if (!existsSync(join(home, 'engine', 'active.json'))) {
    execFileSync(process.execPath, [join(ROOT, 'dist', 'cli.cjs'), 'engine', 'install'], { env, stdio: 'inherit' });
  }
  return join(home, 'engine');
}

/**
 * @param {string[]} installers none: only the unpacked application
 * @param {boolean} withEngine
 */
async function packageApp(installers, withEngine) {
  const unknown = installers.find((name) => !(name in INSTALLERS));
  if (unknown !== undefined) {
    throw new Error(`There is no installer "${unknown}". There are: ${Object.keys(INSTALLERS).join(', ')}.`);
  }
  const runtime = await findElectron({ notice: console.log });
  const isFallback = runtime.kind === 'fallback';
  if (isFallback && installers.length > 0) {
    throw new Error(
      `No installer (${installers.join(', ')}) is made with the fallback Electron ${runtime.version}: it is for ` +
        'development and tests only. Where GitHub can be reached, set HILUM_ELECTRON=official.',
    );
  }
  if (!isBuilt()) throw new Error('Hilum is not built from its present sources: run "npm run build" first.');
  await stageFiles(runtime, APPLICATION);
  await rm(join(ROOT, 'release', 'linux-unpacked'), { recursive: true, force: true });
  const platform = installers.length > 0 ? INSTALLERS[installers[0]] : HERE;
  return build({
    projectDir: ROOT,
    [platform]: installers.length > 0 ? installers : ['dir'],
    publish: 'never',
    config: {
      extends: join(ROOT, 'electron-builder.yml'),
      electronVersion: runtime.version,
      // Where the engine looks when no pack was installed by the user.
      ...(withEngine ? { extraResources: [{ from: bringEngine(), to: 'resources/engine' }] } : {}),
      // Only for the system that the runtime is of; electron-builder fetches those of others.
      ...(platform === HERE ? { electronDist: runtime.dist } : {}),
      ...(isFallback ? { productName: 'Hilum-dev', linux: { executableName: 'hilum-dev' } } : {}),
    },
  });
}

try {
  const { values, positionals } = parseArgs({
    options: { 'with-engine': { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  await packageApp(positionals, values['with-engine']);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
