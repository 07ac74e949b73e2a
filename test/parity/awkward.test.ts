/**
 * Networks whose batch norms have awkward statistics, on every backend, against PyTorch in double: 1e-5 in
 * probability, and Grad-CAM as PyTorch's autograd gives it. See test/fixtures/awkward/ORIGIN.md.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeDenseNet, type DenseNetSize, type Head } from '#main/chexnet/network/densenet121';
import { attentionMaps } from '#main/chexnet/network/maps';
import { checkWeights, type Weights } from '#main/chexnet/network/weights';
import { normalise } from '#main/chexnet/preprocess/preprocess';
import type { Backend } from '#main/engine/backends/backend';
import { openTensorflowBackend } from '#main/engine/backends/tensorflow/openTensorflowBackend';
import { openWasmBackend } from '#main/engine/backends/wasm/openWasmBackend';
import { buildProcess } from '#test/helpers/buildProcess';
import { largestDifference, readDemoCard, readGoldenFilms } from '#test/helpers/golden';
import { makeWasmFolder } from '#test/helpers/makeWasmFolder';
import { findNativeAddon } from '#test/helpers/nativePack';
import { ROOT } from '../../scripts/bundle.mjs';
import { awkwardWeights, digestOf } from './awkwardWeights';

type Case = {
  readonly seed: number;
  readonly full: boolean;
  readonly channels: 1 | 3;
  readonly findings: number;
  readonly head: Head;
  readonly epsilon: number;
  readonly weightsSha256: string;
  /** [films][findings] */
  readonly probabilities: readonly (readonly number[])[];
  /** [films][findings · places], of the first two findings where the network is of full size. */
  readonly maps: readonly (readonly number[])[];
};

const SMALL: DenseNetSize = { blocks: [2, 3, 2, 2], growth: 8, bottleneck: 4, initial: 16, compression: 0.5 };

const fixture = JSON.parse(
  await readFile(join(import.meta.dirname, '..', 'fixtures', 'awkward', 'awkward.json'), 'utf8'),
) as { readonly films: readonly string[]; readonly cases: readonly Case[] };

const addon = await findNativeAddon(await buildProcess('engine'));

const drawn = new Map<number, Weights>();
let films: readonly Uint8Array[];

beforeAll(async () => {
  const golden = await readGoldenFilms();
  films = fixture.films.map((name) => golden.find((film) => film.name === `${name}.224.png`)!.input);
  for (const each of fixture.cases) {
    const weights = awkwardWeights(networkOf(each), each.seed, each.epsilon);
    expect(digestOf(weights)).toBe(each.weightsSha256);
    checkWeights(networkOf(each), weights);
    drawn.set(each.seed, weights);
  }
}, 120_000);

function networkOf({ full, channels, findings, head }: Case) {
  return describeDenseNet({ inputChannels: channels, findings, head }, ...(full ? [] : [SMALL]));
}

/** The whole films, or their 64 × 64 pixels from row and column 80, as the network gets them. */
async function inputOf({ full, channels }: Case): Promise<Float32Array> {
  const { input } = await readDemoCard();
  const values = channels === 3 ? input : { ...input, channels, mean: [0.5], std: [0.25] };
  if (full) return normalise(films, values);
  const cut = films.map((film) => {
    return Uint8Array.from({ length: 64 * 64 }, (_, i) => film[(80 + Math.floor(i / 64)) * 224 + 80 + (i % 64)]!);
  });
  return normalise(cut, { ...values, size: 64 as 224 });
}

function openNative(path: string, resources: string): Promise<Backend> {
  return Promise.resolve(openTensorflowBackend({ addon: path, resources, threads: 2 }));
}

const BACKENDS = [
  { name: 'wasm on one thread', open: async () => openWasmBackend(await makeWasmFolder(), 1) },
  { name: 'wasm on threads', open: async () => openWasmBackend(await makeWasmFolder(), 2) },
  ...(addon === null
    ? []
    : [
        { name: 'native TensorFlow', open: () => openNative(addon, join(ROOT, 'resources')) },
        { name: 'native TensorFlow without Hilum’s operation', open: () => openNative(addon, join(ROOT, 'nowhere')) },
      ]),
];

describe.each(BACKENDS)('$name', { timeout: 120_000 }, ({ open }) => {
  let backend: Backend;

  beforeAll(async () => {
    backend = await open();
  }, 60_000);

  it.each(fixture.cases)(
    'is PyTorch: full size $full, $channels channels, $findings outputs, $head head, epsilon $epsilon',
    async (each) => {
      const network = networkOf(each);
      const weights = drawn.get(each.seed)!;
      const built = backend.build(network, weights, each.epsilon, each.full ? 224 : 64);
      const { probabilities, features } = built.predict(await inputOf(each), films.length, { features: true });
      built.dispose();
      expect(largestDifference(probabilities, each.probabilities.flat())).toBeLessThan(1e-5);
      const length = features!.length / films.length;
      const differences = each.maps.map((expected, film) => {
        const maps = attentionMaps(network.head, weights, features!.slice(film * length, (film + 1) * length));
        return largestDifference(maps.slice(0, expected.length), expected) / Math.max(...expected.map(Math.abs));
      });
      expect(Math.max(...differences)).toBeLessThan(1e-5);
    },
  );
});
