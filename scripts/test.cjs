/** npm test: installs what is missing, then runs every check on a Node that serves. Runs on a bare Node 20. */
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');
const { findNode } = require('../bin/findNode.cjs');
const { installDependencies } = require('./installDependencies.cjs');

async function main() {
  await installDependencies();
  const node = findNode();
  if (node === null) return 5;
  return spawnSync(node, [join(__dirname, 'test.mjs')], { stdio: 'inherit' }).status ?? 1;
}

void main().then((code) => (process.exitCode = code));
