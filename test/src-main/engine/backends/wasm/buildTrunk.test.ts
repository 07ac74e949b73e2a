/** Our kernels against the operations of TF.js, on networks and films of awkward sizes. */
import { beforeAll, describe, expect, it } from 'vitest';
import { describeDenseNet, listParameters, type DenseNet, type DenseNetSize } from '#main/chexnet/network/densenet121';
import { foldNetwork } from '#main/chexnet/network/fold';
import { buildFoldedNetwork } from '#main/chexnet/network/foldedNetwork';
import * as tf from '#main/chexnet/network/tf';
import type { Weights } from '#main/chexnet/network/weights';
import type { Backend } from '#main/engine/backends/backend';
import { openWasmBackend } from '#main/engine/backends/wasm/openWasmBackend';
import { largestDifference } from '#test/helpers/golden';
import { makeWasmFolder } from '#test/helpers/makeWasmFolder';
import { randomNumbers } from '#test/helpers/randomNumbers';

const EPSILON = 1e-5;

/** Kept near one in size from layer to layer, with norms that move every channel elsewhere. */
function randomWeights(network: DenseNet): Weights {
  const random = randomNumbers(1);
  const between = (low: number, high: number): number => low + (high - low) * random();
  return new Map(
    listParameters(network).map(({ name, shape }) => {
      const inputs = shape.slice(1).reduce((a, b) => a * b, 1);
      const next = (): number => {
        if (name.endsWith('running_var')) return between(0.5, 2);
        return between(-1, 1) * (shape.length === 1 ? 1 : Math.sqrt(6 / inputs));
      };
      return [name, { shape, data: Float32Array.from({ length: inputs * shape[0]! }, next) }];
    }),
  );
}

describe.each([1, 2, 3])('kernels on %i threads', (threads) => {
  let backend: Backend;

  beforeAll(async () => {
    backend = await openWasmBackend(await makeWasmFolder(), threads);
  });

  /** Of our kernels and of TF.js alone. */
  function bothOutputs(size: DenseNetSize, inputChannels: number, side: number, count: number) {
    const network = describeDenseNet({ inputChannels, findings: 3, head: 'linear' }, size);
    const weights = randomWeights(network);
    const random = randomNumbers(2);
    const films = Float32Array.from({ length: count * side * side * inputChannels }, () => random() * 4 - 2);
    return [backend.build(network, weights, EPSILON), buildFoldedNetwork(foldNetwork(network, weights, EPSILON))].map(
      (built) => {
        const output = built.predict(films, count, { features: true });
        built.dispose();
        return output;
      },
    );
  }

  const PLAIN: DenseNetSize = { blocks: [2, 3, 1, 2], growth: 8, bottleneck: 4, initial: 16, compression: 0.5 };

  it.each([
    { name: 'even sides', size: PLAIN, channels: 3, side: 64, count: 1 },
    { name: 'odd sides all the way down', size: PLAIN, channels: 3, side: 101, count: 1 },
    { name: 'a batch', size: PLAIN, channels: 1, side: 38, count: 3 },
    { name: 'maps of a single place', size: PLAIN, channels: 3, side: 32, count: 2 },
    {
      name: 'channels that fill no register',
      size: { ...PLAIN, growth: 3, initial: 5 },
      channels: 2,
      side: 70,
      count: 2,
    },
    { name: 'wide layers', size: { ...PLAIN, growth: 36, initial: 60 }, channels: 3, side: 52, count: 1 },
  ])('compute what the operations of TF.js compute: $name', ({ size, channels, side, count }) => {
    const [own, plain] = bothOutputs(size, channels, side, count);
    const greatest = Math.max(...plain!.features!);
    expect(greatest).toBeGreaterThan(0.1);
    expect(largestDifference(own!.features!, plain!.features!) / greatest).toBeLessThan(1e-5);
    expect(largestDifference(own!.probabilities, plain!.probabilities)).toBeLessThan(1e-6);
  });

  it('take films of another size with the same weights', () => {
    const network = describeDenseNet({ inputChannels: 1, findings: 2, head: 'linear' }, PLAIN);
    const weights = randomWeights(network);
    const built = backend.build(network, weights, EPSILON);
    const plain = buildFoldedNetwork(foldNetwork(network, weights, EPSILON));
    for (const side of [64, 40, 64]) {
      const film = Float32Array.from({ length: side * side }, (_, i) => Math.sin(i));
      const [a, b] = [built, plain].map((each) => each.predict(film, 1, { features: false }).probabilities);
      expect(largestDifference(a!, b!)).toBeLessThan(1e-6);
    }
    built.dispose();
    plain.dispose();
  });

  it('give all memory back', () => {
    const before = tf.memory();
    const both = bothOutputs(PLAIN, 1, 64, 2);
    expect(both).toHaveLength(2);
    const { numTensors, numBytes } = tf.memory();
    expect({ numTensors, numBytes }).toEqual({ numTensors: before.numTensors, numBytes: before.numBytes });
  });
});
