/** Builds dist/: CommonJS bundles for Node and Electron, the window, and the WASM files that lie beside them. */
import { mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build as buildWindow } from 'vite';
import { bundle, copyWasm, ENTRIES, ROOT } from './bundle.mts';

const { hashSources, markBuilt } = createRequire(import.meta.url)('./buildStamp.cjs');
const DIST = join(ROOT, 'dist');
const sources = hashSources();

await rm(DIST, { recursive: true, force: true });
await mkdir(DIST, { recursive: true });
await bundle(/** @type {(keyof typeof ENTRIES)[]} */ (Object.keys(ENTRIES)), DIST);
await copyWasm(DIST);
await buildWindow({ root: join(ROOT, 'src-renderer'), configFile: join(ROOT, 'vite.config.ts'), logLevel: 'warn' });
markBuilt(sources);
