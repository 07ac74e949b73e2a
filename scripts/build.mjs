/** Builds dist/: CommonJS bundles for Node and Electron, the window, and the WASM files that lie beside them. */
import { mkdir, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build as buildWindow } from 'vite';
import { bundle, copyWasm, ENTRIES, ROOT } from './bundle.mts';

const { hashSources, markBuilt } = createRequire(import.meta.url)('./buildStamp.cjs');
const DIST = join(ROOT, 'dist');
const sources = hashSources();

await rm(DIST, { recursive: true, force: true });
await mkdir(DIST, { recursive: true });
const present = Object.keys(ENTRIES).filter((name) => existsSync(join(ROOT, ENTRIES[name])));
await bundle(present, DIST);
await copyWasm(DIST);
await buildWindow({ root: join(ROOT, 'src-renderer'), configFile: join(ROOT, 'vite.config.ts'), logLevel: 'warn' });
markBuilt(sources);
