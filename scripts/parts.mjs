/** The checks of npm test and npm run isgood: each runs one tool and says how many of its tests passed and failed. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { findElectron } from './electronRuntime.mjs';
import { smokePackage } from './smokePackage.mjs';

const require = createRequire(import.meta.url);
const { ensureDisplayLibraries } = require('./displayLibraries.cjs');
const { ROOT } = require('./paths.cjs');

const RESULTS = join(ROOT, 'test-results');
const SCREEN = ['-a', '-s', '-screen 0 1920x1200x24'];

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 * @typedef {{ title: string, run: () => Promise<Counts>, needed?: boolean }} Part `needed`: without it the rest means nothing
 */

/** @type {Part[]} */
export const STATIC_PARTS = [
  { title: 'types', run: checkTypes },
  { title: 'lint', run: () => one(bin('eslint'), '.', '--max-warnings=0') },
  { title: 'dead code', run: () => one(bin('knip')) },
  { title: 'format', run: () => one(bin('prettier'), '--check', '--log-level=warn', '.') },
];

/** @type {Part} */
export const UNIT_PART = { title: 'unit, contract, parity', run: () => vitest('unit', [], 'vitest.config.ts') };

/** @type {Part[]} */
export const PRODUCT_PARTS = [
  { title: 'build', run: () => one(join('scripts', 'build.mjs')), needed: true },
  { title: 'command line', run: () => vitest('cli', [], 'vitest.cli.config.ts') },
  { title: 'window, end to end', run: () => inWindow('e2e', ['--exclude', '**/security.test.ts']) },
  { title: 'window, security', run: () => inWindow('security', ['test/e2e/security.test.ts']) },
  { title: 'package', run: checkPackage },
];

/** Runs them in order; a part that fails stops none of the others, unless they need it. */
export async function runParts(parts) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { title, run, needed } of parts) {
    console.log(`\n== ${title}`);
    const started = Date.now();
    const counts = await run().catch((error) => {
      console.log(error.message);
      return failedOnce();
    });
    for (const key of Object.keys(total)) total[key] += counts[key];
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    console.log(`== ${title}: ${counts.passed} passed, ${counts.failed} failed${skipped} (${seconds} s)`);
    if (needed && counts.failed > 0) break;
  }
  return total;
}

/** The script behind a command of node_modules/.bin, so that it runs on this Node. */
function bin(packageName, command = packageName) {
  const folder = join(ROOT, 'node_modules', packageName);
  const { bin: commands } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof commands === 'string' ? commands : commands[command]);
}

/** Each of the projects is one test: a runtime, and the window's components. */
async function checkTypes() {
  const projects = (await readdir(join(ROOT, 'tsconfig'))).sort().map((name) => join('tsconfig', name));
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const checks = projects.map((project) => [bin('typescript', 'tsc'), '-p', project, '--noEmit']);
  checks.push([bin('svelte-check'), '--tsconfig', join('tsconfig', 'renderer.json'), '--fail-on-warnings']);
  for (const check of checks) {
    if ((await node(check)) === 0) counts.passed += 1;
    else counts.failed += 1;
  }
  return counts;
}

async function one(...command) {
  return (await node(command)) === 0 ? { passed: 1, failed: 0, skipped: 0 } : failedOnce();
}

function failedOnce() {
  return { passed: 0, failed: 1, skipped: 0 };
}

/** Vitest's own report gives the counts; a file that could not even be loaded counts as a failed test. */
async function vitest(name, args, config, wrapper = []) {
  const report = join(RESULTS, `${name}.json`);
  await mkdir(RESULTS, { recursive: true });
  await rm(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await node([bin('vitest'), 'run', '--config', config, ...reporters, ...args], wrapper);
  if (!existsSync(report)) return failedOnce();
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(await readFile(report, 'utf8'));
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = numFailedTests + brokenFiles;
  return { passed: numPassedTests, failed: code !== 0 && failed === 0 ? 1 : failed, skipped: numPendingTests };
}

/** In the real Electron, on the display of the session or on a virtual one. */
async function inWindow(name, args) {
  return vitest(name, args, 'vitest.e2e.config.ts', await displayWrapper());
}

async function checkPackage() {
  const packaged = await one(join('scripts', 'package.mjs'));
  if (packaged.failed > 0) return packaged;
  await smokePackage(await displayWrapper());
  return { ...packaged, passed: packaged.passed + 1 };
}

async function displayWrapper() {
  const notice = (line) => console.log(line);
  const { executable } = await findElectron({ notice });
  if (!ensureDisplayLibraries({ executable, virtualDisplay: true, notice })) {
    throw new Error('The window can not be tested without these.');
  }
  const needsOne = process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
  return needsOne ? ['xvfb-run', ...SCREEN] : [];
}

/** Exit code of this script on this Node. */
function node(args, wrapper = []) {
  const [command, ...rest] = [...wrapper, process.execPath, ...args];
  const env = process.stdout.isTTY ? process.env : { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
  const child = spawn(command, rest, { cwd: ROOT, env, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
