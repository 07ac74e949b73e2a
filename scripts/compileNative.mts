/**
 * Compiles what resources/native holds, TF.js's binding to TensorFlow and Hilum's own operation: the same sources,
 * headers and flags for whoever changes them (buildNative.mjs) and for the test that builds them again.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from './paths.cjs';

const require = createRequire(import.meta.url);
const { include_dir: nodeHeaders } = require('node-api-headers') as { readonly include_dir: string };

const TFJS_NODE = {
  name: '@tensorflow/tfjs-node@4.22.0',
  file: 'tensorflow-tfjs-node-4.22.0.tgz',
  sha512: 'uHrXeUlfgkMxTZqHkESSV7zSdKdV0LlsBeblqkuKU9nnfxB1pC6DtoyYVaLxznzZy7WQSegjcohxxCjAf6Dc7w==',
};
const FLAGS = [
  '-std=c++17',
  '-fPIC',
  '-shared',
  '-DNAPI_VERSION=8',
  '-DBUILDING_NODE_EXTENSION',
  '-Wl,--build-id=none',
];

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

function compile(folder: string, name: string, { headers, libraries }: Tensorflow, args: readonly string[]): string {
  const from = [`-I${nodeHeaders}`, `-I${headers}`, `-L${libraries}`];
  run(folder, 'g++', ...FLAGS, ...from, ...args, '-o', name);
  run(folder, 'strip', '--strip-unneeded', name);
  return join(folder, name);
}

/**
 * Of the sources in `folder`; the path of the binding, which lies there too. It finds TensorFlow in its own folder.
 * Takes 5 to 11 s of one core.
 */
export function compileBinding(folder: string, tensorflow: Tensorflow): string {
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join('package', 'binding', name));
  const linked = ['-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2', '-Wl,-rpath,$ORIGIN'];
  return compile(folder, 'tfjs_binding.node', tensorflow, ['-O2', ...sources, ...linked]);
}

/**
 * The path of Hilum's own operation, in `folder`. It belongs to the TensorFlow that the process has loaded, and can not
 * be loaded where that lacks anything.
 */
export function compileOperation(folder: string, tensorflow: Tensorflow): string {
  const source = join(ROOT, 'src-native', 'joinAndActivate.cc');
  const strict = ['-Wall', '-Wextra', '-Werror'];
  const linked = ['-l:libtensorflow_framework.so.2', '-Wl,-z,now'];
  return compile(folder, 'hilum_operation.node', tensorflow, ['-O3', ...strict, source, ...linked]);
}
