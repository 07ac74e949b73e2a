/**
 * npm run fuzz -- [--damage] [--files N] [--seed N] [--jobs N]: the test of broken files with as many of them as one
 * likes, and what became of them; with --damage, how much damage inside compressed pixels is found.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = join(import.meta.dirname, '..');
const USAGE = 'npm run fuzz -- [--damage] [--files N] [--seed N] [--jobs N]';

function readOptions() {
  const number = (text) => (/^[1-9]\d*$/.test(text) ? text : null);
  const options = {
    damage: { type: /** @type {const} */ ('boolean'), default: false },
    files: { type: /** @type {const} */ ('string'), default: '10000' },
    seed: { type: /** @type {const} */ ('string'), default: '2' },
    jobs: { type: /** @type {const} */ ('string'), default: '2' },
  };
  try {
    const { values } = parseArgs({ options });
    const [files, seed, jobs] = [number(values.files), number(values.seed), number(values.jobs)];
    const test = values.damage ? 'damage.test.ts' : 'mutants.test.ts';
    return files === null || seed === null || jobs === null ? null : { files, seed, jobs, test };
  } catch {
    return null;
  }
}

const options = readOptions();
if (options === null) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  const env = { ...process.env, FUZZ_FILES: options.files, FUZZ_SEED: options.seed, FUZZ_JOBS: options.jobs };
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const test = join('test', 'src-main', 'decoding', options.test);
  const args = [vitest, 'run', test, '--silent=false', '--reporter=default'];
  process.exitCode = spawnSync(process.execPath, args, { cwd: ROOT, env, stdio: 'inherit' }).status ?? 1;
}
