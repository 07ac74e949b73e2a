/** Hilum's own operation against TensorFlow's concatenation, depthwise convolution and ReLU. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { InferenceWriter } from '#main/chexnet/network/graph/inferenceWriter';
import { loadBinding, type TensorflowBinding } from '#main/engine/backends/tensorflow/binding';
import { loadGraph, type FedTensor } from '#main/engine/backends/tensorflow/loadedGraph';
import { loadOwnOperation } from '#main/engine/backends/tensorflow/loadOwnOperation';
import { PINNED } from '#main/engine/pack/pinnedPack';
import { buildProcess } from '#test/helpers/buildProcess';
import { largestDifference } from '#test/helpers/golden';
import { findNativeAddon } from '#test/helpers/nativePack';
import { randomNumbers } from '#test/helpers/randomNumbers';
import { ROOT } from '../../../../../scripts/bundle.mjs';

const addon = await findNativeAddon(await buildProcess('engine'));
const isItsPlatform = process.platform === PINNED.platform && process.arch === PINNED.arch;

describe.skipIf(addon === null || !isItsPlatform)('Hilum’s own operation', () => {
  const random = randomNumbers(7);
  let binding: TensorflowBinding;

  beforeAll(() => {
    binding = loadBinding(addon!, 1);
    expect(loadOwnOperation(join(ROOT, 'resources'))).toBe(true);
  });

  function draw(count: number): Float32Array {
    return Float32Array.from({ length: count }, () => random() * 4 - 2);
  }

  function part(name: string, [rows, columns, channels]: readonly [number, number, number]): FedTensor {
    return { name, shape: [2, rows, columns, channels], data: draw(2 * rows * columns * channels) };
  }

  type Weights = { readonly scale: Float32Array; readonly shift: Float32Array };

  function activate(parts: readonly FedTensor[], weights: Weights, ownOperation = true): Float32Array {
    const writer = new InferenceWriter({ ownOperation });
    for (const { name, shape } of parts) writer.placeholder(name, [-1, -1, -1, shape[3]!]);
    const [first, ...others] = parts.map(({ name }) => name);
    const features = others.reduce((before: readonly string[], name) => writer.append(before, name), [first!]);
    writer.activate(features, weights, 'active');
    const graph = loadGraph(binding, { nodes: writer.nodes, signatures: {} });
    try {
      return graph.run(parts, ['active'])[0]!;
    } finally {
      graph.dispose();
    }
  }

  it.each([[[32]], [[64, 32, 32]], [[5, 32, 1, 33]], [[3]]])('is TensorFlow’s, of parts of %j channels', (channels) => {
    const parts = channels.map((count, i) => part(`part${i}`, [5, 7, count]));
    const sum = channels.reduce((before, count) => before + count);
    const weights = { scale: draw(sum), shift: draw(sum) };
    const [own, theirs] = [activate(parts, weights), activate(parts, weights, false)];
    expect(own).toHaveLength(2 * 5 * 7 * sum);
    expect(largestDifference(own, theirs)).toBeLessThan(1e-6);
    expect(own.filter((value) => value === 0).length / own.length).toBeCloseTo(0.5, 0);
  });

  it('refuses parts that do not lie side by side, and scales that do not fit', () => {
    const weights = { scale: draw(64), shift: draw(64) };
    const narrow = [part('a', [5, 7, 32]), part('b', [5, 6, 32])];
    expect(() => activate(narrow, weights)).toThrow('The parts differ in their films, rows or columns.');
    const same = [part('a', [5, 7, 32]), part('b', [5, 7, 32])];
    expect(() => activate(same, { ...weights, scale: draw(63) })).toThrow('for each channel');
    expect(() => activate(same, { ...weights, shift: draw(65) })).toThrow('for each channel');
    expect(binding.getNumOfTensors()).toBe(0);
  });

  it('carries what is not a number on', () => {
    const film = part('film', [2, 2, 32]);
    film.data[3] = Number.NaN;
    const active = activate([film], { scale: draw(32), shift: draw(32) });
    expect([...active.keys()].filter((i) => Number.isNaN(active[i]!))).toEqual([3]);
  });

  it('is not there in an application without it', () => {
    expect(loadOwnOperation(join(ROOT, 'src-main'))).toBe(false);
  });
});
