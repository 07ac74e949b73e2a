import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { getThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import { afterAll, describe, expect, it } from 'vitest';
import { openWasmBackend } from '#main/engine/backends/wasm/openWasmBackend';
import { makeWasmFolder } from '#test/helpers/makeWasmFolder';
import * as tf from '#main/chexnet/network/tf';

afterAll(() => tf.removeBackend('wasm'));

/** Node 20 has no relaxed SIMD. */
const SIMD = Number(process.versions.node.split('.')[0]) >= 22 ? 'relaxed SIMD' : 'SIMD';

describe('the WASM backend', () => {
  it('takes as many threads as it is given, at most eight', async () => {
    const folder = await makeWasmFolder();
    const devices = [];
    for (const threads of [1, 2, 3, 100]) devices.push((await openWasmBackend(folder, threads)).device);
    expect(devices).toEqual([
      `CPU, 1 thread, ${SIMD}`,
      `CPU, 2 threads, ${SIMD}`,
      `CPU, 3 threads, ${SIMD}`,
      `CPU, 8 threads, ${SIMD}`,
    ]);
  });

  it('gives the operations of TF.js threads for training only', async () => {
    const folder = await makeWasmFolder();
    await openWasmBackend(folder, 2);
    expect(getThreadsCount()).toBe(1);
    const { device } = await openWasmBackend(folder, 2, 'training');
    expect({ device, threads: getThreadsCount() }).toEqual({ device: `CPU, 2 threads, ${SIMD}`, threads: 2 });
    const ones = tf.ones<tf.Rank.R2>([300, 300]);
    expect([...tf.matMul(ones, ones).dataSync()].every((sum) => sum === 300)).toBe(true);
  });

  it.each(['process.exit(1);', 'throw new Error();'])(
    'takes one thread where more are refused (%s)',
    async (script) => {
      const folder = await makeWasmFolder();
      await writeFile(join(folder, 'kernelThread.cjs'), script);
      const { device, name } = await openWasmBackend(folder, 2);
      expect({ device, name }).toEqual({
        device: `CPU, 1 thread (more were refused), ${SIMD}`,
        name: `wasm 4.22.0, 1 thread (more were refused), ${SIMD}`,
      });
    },
  );

  it('takes the kernels without relaxed SIMD where the others can not be compiled', async () => {
    const folder = await makeWasmFolder();
    await writeFile(join(folder, 'kernels-relaxed.wasm'), 'not WebAssembly');
    expect((await openWasmBackend(folder, 2)).device).toBe('CPU, 2 threads, SIMD');
  });

  it('does without kernels of our own where there are none, and says so', async () => {
    const folder = await makeWasmFolder();
    await rm(join(folder, 'kernels.wasm'));
    await rm(join(folder, 'kernels-relaxed.wasm'));
    const { device } = await openWasmBackend(folder, 2);
    expect(device).toBe('CPU, 1 thread (more were refused), SIMD, operations of TF.js alone');
  });

  it('says so where memory does not suffice, and works on', async () => {
    await openWasmBackend(await makeWasmFolder(), 1);
    const backend = tf.backend() as BackendWasm;
    // All of the 4 GB that there are addresses for.
    expect(() => backend.makeOutput([2 ** 30 - 1], 'float32')).toThrow('out of memory');
    expect([...tf.add([1, 2], 1).dataSync()]).toEqual([2, 3]);
  });

  it('can not be opened without its files', async () => {
    await expect(openWasmBackend(join(await makeWasmFolder(), 'none'), 2)).rejects.toThrow('Cannot find module');
  });
});
