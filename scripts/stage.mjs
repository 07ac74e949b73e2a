/**
 * Lays the built application out for an Electron: build/stage/ is a copy of the runtime, made of hard links, with the
 * application in resources/app. So the fallback runtime gets the better-sqlite3 that it can load while node_modules
 * keeps its own, and window, end-to-end tests, bench and package all run the same files.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findElectron } from './electronRuntime.mjs';
import { linkTree } from './linkTree.mjs';
import { ROOT } from './paths.cjs';

const STAGE = join(ROOT, 'build', 'stage');
/**
 * What the bundles load from node_modules at run time (EXTERNAL of bundle.mts). Electron on Linux loads the system's
 * GLib, which gets mixed up with the one inside sharp's binary: objects leak, decoding may crash. There sharp takes its
 * WASM build, the same libvips, when the binary is missing.
 */
const LOADED = ['better-sqlite3', 'sharp', '@img/sharp-wasm32'];
const LEFT_OUT = process.platform === 'linux' ? /^@img\/sharp-(linux|libvips-linux)/ : /^@img\/sharp-wasm32$/;

/**
 * @typedef {object} Stage
 * @property {string} executable
 * @property {string[]} args that make the executable start Hilum
 * @property {string[]} sandboxArgs as root Chromium refuses to start with its sandbox: development and tests only
 * @property {string} folder of the executable and all that it needs
 * @property {'official' | 'fallback'} kind of Electron
 * @property {string} version of Electron
 */

/**
 * Brings build/stage/ up to date with dist/ and resources/, which must be built; takes milliseconds when nothing changed.
 * @param {{ notice?: (line: string) => void }} [options]
 * @returns {Promise<Stage>}
 */
export async function stageApp({ notice = () => undefined } = {}) {
  const runtime = await findElectron({ notice });
  const { kind, version } = runtime;
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0;
  const sandboxArgs = asRoot ? ['--no-sandbox'] : [];
  if (process.platform !== 'linux') {
    // The official Electron takes the checkout as it is; only Linux has another.
    return { executable: runtime.executable, args: [ROOT], sandboxArgs, folder: runtime.dist, kind, version };
  }
  await stageRuntime(runtime);
  await stageFiles(runtime, join(STAGE, 'resources', 'app'));
  return { executable: join(STAGE, 'electron'), args: [], sandboxArgs, folder: STAGE, kind, version };
}

async function stageRuntime(runtime) {
  const stamp = join(STAGE, 'hilum-stage.txt');
  const wanted = `${runtime.dist} ${runtime.version}`;
  if ((await readText(stamp)) === wanted) return;
  await rm(STAGE, { recursive: true, force: true });
  await linkTree(runtime.dist, STAGE);
  await rm(join(STAGE, 'resources', 'default_app.asar'), { force: true });
  await writeFile(stamp, wanted);
}

/** The application's files and nothing else: what runs in development is what gets packaged. */
export async function stageFiles(runtime, folder) {
  if (!existsSync(join(ROOT, 'dist', 'shell.cjs'))) throw new Error('Hilum is not built: run "npm run build" first.');
  const modules = await findModules(runtime);
  const trees = [[join(ROOT, 'dist'), 'dist'], [join(ROOT, 'resources'), 'resources'], ...modules];
  const stamp = `${folder}.stamp`;
  const wanted = await fingerprint(trees);
  if ((await readText(stamp)) === wanted && existsSync(folder)) return;

  const fresh = `${folder}.${String(process.pid)}`;
  for (const [from, to] of trees) await linkTree(from, join(fresh, to));
  await writeFile(join(fresh, 'package.json'), JSON.stringify(await manifest(), null, 2));
  await rm(stamp, { force: true });
  await rm(folder, { recursive: true, force: true });
  await rename(fresh, folder);
  await writeFile(stamp, wanted);
}

async function manifest() {
  const { name, version, description, license, author, main } = JSON.parse(
    await readFile(join(ROOT, 'package.json'), 'utf8'),
  );
  return { name, productName: 'Hilum', version, description, license, author, main };
}

/** Those packages and all that they need: pairs of [folder, place in the application]. */
async function findModules({ nodeModules }) {
  const found = new Map();
  const wanted = [...LOADED];
  if (nodeModules !== null) {
    for (const name of await readdir(nodeModules)) found.set(name, join(nodeModules, name));
  }
  for (let name = wanted.shift(); name !== undefined; name = wanted.shift()) {
    const folder = join(ROOT, 'node_modules', name);
    // Optional ones for other systems are not installed.
    if (found.has(name) || LEFT_OUT.test(name) || !existsSync(folder)) continue;
    found.set(name, folder);
    const { dependencies, optionalDependencies } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    wanted.push(...Object.keys({ ...dependencies, ...optionalDependencies }));
  }
  return [...found].map(([name, folder]) => [folder, join('node_modules', name)]);
}

/** Of names, sizes and times: reading 40 MB at every start would take longer than to link them. */
async function fingerprint(trees) {
  const hash = createHash('sha256');
  for (const [from, to] of trees) {
    const entries = await readdir(from, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const file of files.sort()) {
      const { size, mtimeMs } = await stat(file);
      hash.update(`${to} ${file} ${String(size)} ${String(mtimeMs)}\n`);
    }
  }
  return hash.digest('hex');
}

async function readText(file) {
  return readFile(file, 'utf8').catch(() => null);
}
