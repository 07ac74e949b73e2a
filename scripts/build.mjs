/** Builds dist/: CommonJS bundles for Node and Electron, the window, and the WASM files that lie beside them. */
import { cp, mkdir, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { build as buildWindow } from 'vite';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');

/** Every file that some runtime starts. Electron's main must be CommonJS: an ES module with a top-level await hangs Playwright. */
const ENTRIES = {
  shell: 'src-main/shell/main.ts',
  preload: 'src-main/shell/preload/preload.ts',
  cli: 'src-main/cli/main.ts',
  engine: 'src-main/engine/process/main.ts',
  decode: 'src-main/decoding/process/main.ts',
  database: 'src-main/database/worker/main.ts',
};

/** Native or Electron's own: loaded at run time from node_modules, never bundled. */
const EXTERNAL = ['electron', 'better-sqlite3', 'sharp'];

const WASM = {
  'node_modules/@tensorflow/tfjs-backend-wasm/wasm-out': /\.wasm$|threaded-simd(\.worker)?\.js$/,
  'node_modules/dcmjs-codecs/build': /\.wasm$/,
};

await rm(DIST, { recursive: true, force: true });
await mkdir(DIST, { recursive: true });
const entryPoints = Object.fromEntries(Object.entries(ENTRIES).filter(([, file]) => existsSync(join(ROOT, file))));
await bundle({
  absWorkingDir: ROOT,
  entryPoints,
  outdir: DIST,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  format: 'cjs',
  platform: 'node',
  // Electron 33 (the fallback runtime) has Node 20.
  target: 'node20',
  external: EXTERNAL,
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  // Some packages ask for import.meta.url, which CommonJS has not.
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
});
for (const [folder, wanted] of Object.entries(WASM)) {
  const from = join(ROOT, folder);
  if (!existsSync(from)) continue;
  await cp(from, join(DIST, 'wasm'), {
    recursive: true,
    filter: (path) => path === from || wanted.test(path),
  });
}
await buildWindow({ root: join(ROOT, 'src-renderer'), configFile: join(ROOT, 'vite.config.ts'), logLevel: 'warn' });
