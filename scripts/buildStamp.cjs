/** Whether dist/ was built from the sources as they are now: a hash of them lies beside what was built. */
const { createHash } = require('node:crypto');
const { readFileSync, readdirSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { ROOT } = require('./paths.cjs');

const STAMP = join(ROOT, 'dist', 'built-from.txt');
const SOURCES = ['src-main', 'src-renderer'];
const SETTINGS = [
  'package-lock.json',
  'vite.config.ts',
  'scripts/build.mjs',
  'scripts/bundle.mts',
  'scripts/kernels.mts',
  'scripts/wasmGlue.mts',
];

function isBuilt() {
  try {
    return readFileSync(STAMP, 'utf8') === hashSources();
  } catch {
    return false;
  }
}

/** `hash` is taken before the build: a source that changes meanwhile makes it stale. */
function markBuilt(hash) {
  writeFileSync(STAMP, hash);
}

/** Of contents, not of times: a clone or a switch of branches changes all times. Takes about 30 ms. */
function hashSources() {
  const inFolders = SOURCES.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const hash = createHash('sha256');
  for (const file of [...inFolders.sort(), ...SETTINGS.map((name) => join(ROOT, name))]) {
    hash.update(`${file.slice(ROOT.length)}\n`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

module.exports = { isBuilt, markBuilt, hashSources };
