/** npm test: installs what is missing, then runs every check on a Node that serves. Runs on a bare Node 20. */
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');
const { findNode } = require('../bin/findNode.cjs');
const { installDependencies } = require('./installDependencies.cjs');

installDependencies();
const node = findNode();
process.exitCode =
  node === null ? 5 : (spawnSync(node, [join(__dirname, 'test.mjs')], { stdio: 'inherit' }).status ?? 1);
