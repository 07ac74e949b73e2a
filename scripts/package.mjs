/**
 * npm run package [-- AppImage deb nsis dmg]: an unpacked application in release/, or the installers that are named.
 * With the fallback Electron the application is called hilum-dev, and there are no installers of it: that runtime has
 * known holes, which no person should get to rely on.
 */
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'electron-builder';
import { findElectron } from './electronRuntime.mjs';
import { stageFiles } from './stage.mjs';

const require = createRequire(import.meta.url);
const { isBuilt } = require('./buildStamp.cjs');
const { ROOT } = require('./paths.cjs');
const APPLICATION = join(ROOT, 'build', 'package');
const INSTALLERS = { AppImage: 'linux', deb: 'linux', nsis: 'win', dmg: 'mac' };
const HERE = { linux: 'linux', win32: 'win', darwin: 'mac' }[process.platform];

/** @param {string[]} installers none: only the unpacked application */
async function packageApp(installers) {
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
      // Only for the system that the runtime is of; electron-builder fetches those of others.
      ...(platform === HERE ? { electronDist: runtime.dist } : {}),
      ...(isFallback ? { productName: 'Hilum-dev', linux: { executableName: 'hilum-dev' } } : {}),
    },
  });
}

try {
  await packageApp(process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
