/** The figures are those of the sources as they are: builds dist/ first. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './context';

export async function buildHilum(): Promise<void> {
  process.stderr.write('building Hilum\n');
  await promisify(execFile)(process.execPath, [join(ROOT, 'scripts', 'build.mjs')], { cwd: ROOT });
}
