/**
 * Compiles TF.js's binding to TensorFlow as resources/native has it: the same sources, headers and flags for whoever
 * changes a version (buildBinding.mjs) and for the test that builds it again.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const { include_dir: nodeHeaders } = require('node-api-headers') as { readonly include_dir: string };

const TFJS_NODE = {
  name: '@tensorflow/tfjs-node@4.22.0',
  file: 'tensorflow-tfjs-node-4.22.0.tgz',
  sha512: 'uHrXeUlfgkMxTZqHkESSV7zSdKdV0LlsBeblqkuKU9nnfxB1pC6DtoyYVaLxznzZy7WQSegjcohxxCjAf6Dc7w==',
};
const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
const FLAGS = ['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-DBUILDING_NODE_EXTENSION'];
const LINKING = ['-Wl,-rpath,$ORIGIN', '-Wl,--build-id=none'];

function run(folder: string, program: string, ...args: readonly string[]): void {
  execFileSync(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Puts the package's sources, checked, into `folder`. Throws where npm's registry can not be reached. */
export function fetchSources(folder: string): void {
  run(folder, 'npm', 'pack', '--silent', TFJS_NODE.name);
  const archive = readFileSync(join(folder, TFJS_NODE.file));
  if (createHash('sha512').update(archive).digest('base64') !== TFJS_NODE.sha512) {
    throw new Error(`${TFJS_NODE.file} is not the pinned one.`);
  }
  run(folder, 'tar', 'xzf', TFJS_NODE.file);
}

/** TensorFlow's: the folder that holds `tensorflow/c/c_api.h`, and the one of its two libraries. */
export type Tensorflow = { readonly headers: string; readonly libraries: string };

/** Of the sources in `folder`; the path of the binding, which lies there too. Takes 5 to 11 s of one core. */
export function compileBinding(folder: string, { headers, libraries }: Tensorflow): string {
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join('package', 'binding', name));
  const from = [`-I${nodeHeaders}`, `-I${headers}`, ...sources];
  const linked = [`-L${libraries}`, ...LIBRARIES.map((name) => `-l:${name}`), ...LINKING];
  run(folder, 'g++', ...FLAGS, ...from, '-o', 'tfjs_binding.node', ...linked);
  run(folder, 'strip', '--strip-unneeded', 'tfjs_binding.node');
  return join(folder, 'tfjs_binding.node');
}
