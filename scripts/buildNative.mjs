/**
 * Builds resources/native/linux-x64: TF.js's binding from its sources (npm) and Hilum's operation from src-native,
 * against TensorFlow's headers (a wheel). Needs g++, strip, unzip, npm and pip. Only for whoever changes one of them: the
 * results are committed, the binding's SHA-256 stands in src-main/engine/pack/pinnedPack.ts, and a test builds both
 * again (test/scripts/compileNative.test.ts).
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { compileBinding, compileOperation, fetchSources } from './compileNative.mts';
import { ROOT } from './paths.cjs';

const TENSORFLOW = '2.15.1';
const TARGET = join(ROOT, 'resources', 'native', 'linux-x64');

const folder = mkdtempSync(join(tmpdir(), 'hilum-native-'));
const run = (program, ...args) => execFileSync(program, args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
try {
  fetchSources(folder);
  const platform = ['--python-version', '3.11', '--platform', 'manylinux2014_x86_64'];
  run('pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', ...platform, `tensorflow-cpu==${TENSORFLOW}`);
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
  run('unzip', '-qo', wheel, 'tensorflow/include/*', 'tensorflow/*.so.2');
  const tensorflow = { headers: join(folder, 'tensorflow', 'include'), libraries: join(folder, 'tensorflow') };
  for (const file of [compileBinding(folder, tensorflow), compileOperation(folder, tensorflow)]) {
    const content = readFileSync(file);
    writeFileSync(join(TARGET, basename(file)), content);
    console.log(createHash('sha256').update(content).digest('hex'), basename(file));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
