import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { makeWasmFolder } from '#test/helpers/makeWasmFolder';

/** A process with one thread that waits for work, as the backend starts it. */
const OPENS_A_THREAD = `
  const { readFileSync } = require('node:fs');
  const { Worker } = require('node:worker_threads');
  const [folder, end] = process.argv.slice(1);
  const memory = new WebAssembly.Memory({ initial: 256, maximum: 65536, shared: true });
  const module = new WebAssembly.Module(readFileSync(folder + '/kernels.wasm'));
  const thread = new Worker(folder + '/kernelThread.cjs', { workerData: { module, memory, control: 64, thread: 1 } });
  thread.once('message', () => {
    thread.unref();
    process.stdout.write('ready');
    if (end === 'exit') process.exit(0);
  });
`;

describe('a thread of the kernels', () => {
  it.each(['nothing left to do', 'exit'])('keeps no process alive that ends (%s)', async (end) => {
    const args = ['-e', OPENS_A_THREAD, await makeWasmFolder(), end];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 20_000 });
    expect(stdout).toBe('ready');
  });
});
