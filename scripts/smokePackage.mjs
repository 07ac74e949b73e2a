/** Starts the packaged application on one film, in a home of its own, and reads what it says about it. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const { ROOT } = createRequire(import.meta.url)('./paths.cjs');
const FOLDER = join(ROOT, 'release', 'linux-unpacked');
const FILM = join(ROOT, 'resources', 'samples', '00000493_000.png');
const FINDINGS = 14;
const TIMEOUT_MS = 120_000;

/** @param {string[]} wrapper command that provides a display, or nothing */
export async function smokePackage(wrapper) {
  const home = await mkdtemp(join(tmpdir(), 'hilum-smoke-'));
  const name = (await readdir(FOLDER)).find((file) => file === 'hilum' || file === 'hilum-dev');
  if (name === undefined) throw new Error('There is no packaged application in release/.');
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const [command, ...args] = [...wrapper, join(FOLDER, name), ...asRoot, `--smoke-film=${FILM}`];
  try {
    const { stdout } = await promisify(execFile)(command, args, {
      env: { ...process.env, HILUM_HOME: home },
      timeout: TIMEOUT_MS,
    });
    const line = stdout.split('\n').find((text) => text.startsWith('{')) ?? '{}';
    const { ok, leading, probabilities } = JSON.parse(line);
    const values = Object.values(probabilities ?? {});
    const good = ok === true && values.length === FINDINGS && values.every((value) => value > 0 && value < 1);
    if (!good) throw new Error(`The packaged application did not analyse the film: ${line}`);
    console.log(`${name} analysed one film: ${String(values.length)} probabilities, leading: ${leading ?? 'no flag'}.`);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
