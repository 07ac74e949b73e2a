/**
 * Builds resources/native/linux-x64/tfjs_binding.node from TF.js's sources (npm) against TensorFlow's headers (a wheel).
 * Needs g++, strip, unzip, npm, pip, and the headers of Node (/usr/include/node, or NODE_HEADERS). Only for whoever
 * changes a version: the result is committed, and its SHA-256 stands in src-main/engine/pack/pinnedPack.ts.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './paths.cjs';

const TFJS = '4.22.0';
const TENSORFLOW = '2.15.1';
const TARGET = join(ROOT, 'resources', 'native', 'linux-x64', 'tfjs_binding.node');
const NODE_HEADERS = process.env.NODE_HEADERS ?? '/usr/include/node';
const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

const folder = mkdtempSync(join(tmpdir(), 'hilum-binding-'));
const run = (program, ...args) => execFileSync(program, args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
try {
  run('npm', 'pack', '--silent', `@tensorflow/tfjs-node@${TFJS}`);
  run('tar', 'xzf', `tensorflow-tfjs-node-${TFJS}.tgz`);
  const platform = ['--python-version', '3.11', '--platform', 'manylinux2014_x86_64'];
  run('pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', ...platform, `tensorflow-cpu==${TENSORFLOW}`);
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
  run('unzip', '-qo', wheel, 'tensorflow/include/*', ...LIBRARIES.map((name) => `tensorflow/${name}`));
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join('package', 'binding', name));
  const flags = ['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-DBUILDING_NODE_EXTENSION'];
  const includes = [`-I${NODE_HEADERS}`, '-Itensorflow/include'];
  const libraries = [
    '-Ltensorflow',
    ...LIBRARIES.map((name) => `-l:${name}`),
    '-Wl,-rpath,$ORIGIN',
    '-Wl,--build-id=none',
  ];
  run('g++', ...flags, ...includes, ...sources, '-o', 'binding.node', ...libraries);
  run('strip', '--strip-unneeded', 'binding.node');
  run('install', '-m', '644', 'binding.node', TARGET);
  console.log(createHash('sha256').update(readFileSync(TARGET)).digest('hex'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
