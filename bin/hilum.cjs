#!/usr/bin/env node
/** Launcher of the command line: CommonJS and old syntax, so that any Node can say what is missing. */
const { spawn } = require('node:child_process');
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { findNode } = require('./findNode.cjs');

const program = join(__dirname, '..', 'dist', 'cli.cjs');
const node = findNode();
if (node === null) process.exit(5);
if (!existsSync(program)) {
  process.stderr.write('Hilum is not built yet. Run "npm run build" in its folder first.\n');
  process.exit(5);
}
if (node === process.execPath) {
  require(program);
} else {
  const child = spawn(node, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A kill of this process alone must reach the program too. Ctrl-C, which a terminal sends to both, arrives there
  // twice: the program takes two that come together for one.
  for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(name, () => child.kill(name));
  child.on('exit', (code, signal) => process.exit(signal === 'SIGINT' ? 130 : (code ?? 1)));
}
