/**
 * Builds resources/native/linux-x64/tfjs_binding.node from TF.js's sources (npm) against TensorFlow's headers (a wheel).
 * Needs g++, strip, unzip, npm and pip. Only for whoever changes a version: the result is committed, its SHA-256 stands
 * in src-main/engine/pack/pinnedPack.ts, and a test builds it again (test/scripts/compileBinding.test.ts).
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileBinding, fetchSources } from './compileBinding.mts';
import { ROOT } from './paths.cjs';

const TENSORFLOW = '2.15.1';
const TARGET = join(ROOT, 'resources', 'native', 'linux-x64', 'tfjs_binding.node');

const folder = mkdtempSync(join(tmpdir(), 'hilum-binding-'));
const run = (program, ...args) => execFileSync(program, args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
try {
  fetchSources(folder);
  const platform = ['--python-version', '3.11', '--platform', 'manylinux2014_x86_64'];
  run('pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', ...platform, `tensorflow-cpu==${TENSORFLOW}`);
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
  run('unzip', '-qo', wheel, 'tensorflow/include/*', 'tensorflow/*.so.2');
  const tensorflow = join(folder, 'tensorflow');
  copyFileSync(compileBinding(folder, { headers: join(tensorflow, 'include'), libraries: tensorflow }), TARGET);
  console.log(createHash('sha256').update(readFileSync(TARGET)).digest('hex'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
