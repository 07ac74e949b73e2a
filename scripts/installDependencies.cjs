/** Installs the dependencies where they are missing or older than package-lock.json. Needs nothing but Node 20 and npm. */
const { spawn } = require('node:child_process');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { ROOT } = require('./paths.cjs');

const REPORT_MS = 15_000;

/** @returns {Promise<void>} ends the process, after a word, where they can not be installed */
async function installDependencies() {
  if (areInstalled()) return;
  process.stdout.write('Installing dependencies (about a minute, once) ...\n');
  // npm shows its progress on a terminal only.
  const started = Date.now();
  const report = () => process.stdout.write(`  ${Math.round((Date.now() - started) / 1000)} s\n`);
  const timer = process.stdout.isTTY ? undefined : setInterval(report, REPORT_MS);
  const code = await runNpm();
  clearInterval(timer);
  if (code === 0) return;
  process.stderr.write('The dependencies could not be installed: see the message of npm above.\n');
  process.exit(1);
}

function runNpm() {
  // Warnings about engines are left out: what needs a newer Node runs on the one that gets installed here.
  const child = spawn('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: ROOT,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
}

/** npm keeps a lock file of what lies in node_modules; packages for other systems are in ours only. */
function areInstalled() {
  const wanted = readPackages('package-lock.json');
  const installed = readPackages(join('node_modules', '.package-lock.json'));
  return (
    installed !== null &&
    Object.entries(wanted).every(
      ([place, { version, optional, devOptional, peer }]) =>
        place === '' ||
        installed[place]?.version === version ||
        (installed[place] === undefined && (optional || devOptional || peer)),
    )
  );
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(join(ROOT, file), 'utf8')).packages;
  } catch {
    return null;
  }
}

module.exports = { installDependencies };
