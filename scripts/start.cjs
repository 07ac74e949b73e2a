/**
 * npm start: installs, builds, and opens the workstation with the sample films; where there is no display it does the
 * same job in the terminal. Runs on a bare Node 20, before anything is installed.
 */
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');
const { findNode } = require('../bin/findNode.cjs');
const { isBuilt } = require('./buildStamp.cjs');
const { installDependencies } = require('./installDependencies.cjs');
const { ROOT } = require('./paths.cjs');

function say(line) {
  process.stdout.write(`${line}\n`);
}

function run(node, args) {
  const { status, signal } = spawnSync(node, args, { cwd: ROOT, stdio: 'inherit' });
  return signal === 'SIGINT' ? 130 : (status ?? 1);
}

/** macOS and Windows always have one; on Linux the session says so. */
function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

function triageSamples(node) {
  say('There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so Hilum reads its sample films in the');
  say('terminal, with the same analysis as in its window:\n');
  say('  hilum triage resources/samples\n');
  return run(node, [join('bin', 'hilum.cjs'), 'triage', join('resources', 'samples')]);
}

async function main() {
  // Ctrl-C reaches the child as well, which ends in its own way; this process waits for it.
  process.on('SIGINT', () => undefined);
  await installDependencies();
  const node = findNode();
  if (node === null) return 5;
  if (!isBuilt()) {
    say('Building Hilum ...');
    if (run(node, [join('scripts', 'build.mjs')]) !== 0) return 1;
  }
  if (!hasDisplay()) return triageSamples(node);
  return run(node, [join('scripts', 'openWindow.mjs'), ...process.argv.slice(2)]);
}

void main().then((code) => (process.exitCode = code));
