/** Native TensorFlow against PyTorch on the golden films, and against the WASM backend where PyTorch gave no numbers. */
import { beforeAll, describe, expect, it } from 'vitest';
import { forkChild } from '#main/channel/forkChild';
import {
  describeDenseNet,
  listParameters,
  type DenseNet,
  type NetworkOptions,
} from '#main/chexnet/network/densenet121';
import type { Weights } from '#main/chexnet/network/weights';
import type { Backend } from '#main/engine/backends/backend';
import { openTensorflowBackend } from '#main/engine/backends/tensorflow/openTensorflowBackend';
import { openWasmBackend } from '#main/engine/backends/wasm/openWasmBackend';
import { createEngineHost } from '#main/engine/host/engineHost';
import { judgeFilms } from '#main/engine/process/judgeFilms';
import { createModelShelf, type LoadedModel } from '#main/engine/process/modelShelf';
import { buildProcess } from '#test/helpers/buildProcess';
import { DEMO_WEIGHTS, largestDifference, readDemoCard, readGoldenFilms, type GoldenFilm } from '#test/helpers/golden';
import { makeWasmFolder } from '#test/helpers/makeWasmFolder';
import { findNativeAddon } from '#test/helpers/nativePack';
import { ROOT } from '../../../../../scripts/bundle.mjs';

const addon = await findNativeAddon(await buildProcess('engine'));

/** Of the size that training leaves; in every eighth channel of a norm a variance of almost nothing, as dead channels have. */
function awkwardWeights(network: DenseNet): Weights {
  let seed = 1;
  /** Evenly in −1…1, always the same (Lehmer). */
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 1_073_741_823.5 - 1;
  const ofNorm: Readonly<Record<string, (channel: number) => number>> = {
    running_var: (channel) => (channel % 8 === 0 ? 1e-7 : 10 ** random()),
    weight: (channel) => (channel % 8 === 0 ? 1e-4 : 0.7) * random(),
    running_mean: () => random() / 4,
    bias: () => random() / 4,
  };
  return new Map(
    listParameters(network).map(({ name, shape }) => {
      const inputs = shape.slice(1).reduce((a, b) => a * b, 1);
      const next =
        shape.length === 1 ? ofNorm[name.slice(name.lastIndexOf('.') + 1)]! : () => random() * Math.sqrt(3 / inputs);
      const length = shape.reduce((a, b) => a * b, 1);
      return [name, { shape, data: Float32Array.from({ length }, (_, i) => next(i)) }];
    }),
  );
}

describe.skipIf(addon === null)('native TensorFlow', { timeout: 120_000 }, () => {
  let backend: Backend;
  let model: LoadedModel;
  let films: readonly GoldenFilm[];
  let inputs: readonly Uint8Array[];

  beforeAll(async () => {
    backend = openTensorflowBackend(addon!, 2);
    films = await readGoldenFilms();
    inputs = films.map(({ input }) => input);
    model = await createModelShelf(backend).load(await readDemoCard(), DEMO_WEIGHTS);
  }, 120_000);

  it('gives the probabilities and maps of PyTorch in batches, within 1e-5 and 1e-4', async () => {
    const judged = (await judgeFilms(model, inputs, { maps: true, batchSize: backend.batchSize })).films;
    const worst = (of: (film: GoldenFilm, i: number) => number): number => Math.max(...films.map(of));
    expect(judged).toHaveLength(12);
    expect(worst((film, i) => largestDifference(judged[i]!.probabilities, film.probabilities))).toBeLessThan(1e-5);
    expect(worst((film, i) => largestDifference(judged[i]!.maps!, film.maps))).toBeLessThan(1e-4);
  });

  it('judges a film alone as it judges it in a batch', async () => {
    const { films: together } = await judgeFilms(model, inputs.slice(0, 3), { maps: false, batchSize: 3 });
    const { films: alone } = await judgeFilms(model, inputs.slice(0, 3), { maps: false, batchSize: 1 });
    const differences = together.map((film, i) => largestDifference(film.probabilities, alone[i]!.probabilities));
    expect(Math.max(...differences)).toBeLessThan(1e-6);
  });

  it('keeps no tensor of a prediction', async () => {
    await judgeFilms(model, inputs, { maps: true, batchSize: 5 });
    expect(backend.countTensors()).toBe(0);
  });

  it.each([
    { inputChannels: 1, findings: 18, head: 'linear' },
    { inputChannels: 3, findings: 1, head: 'dense1024' },
  ] satisfies NetworkOptions[])(
    'agrees with WASM on $inputChannels channels, $findings outputs, $head head',
    async (options) => {
      const network = describeDenseNet(options);
      const weights = awkwardWeights(network);
      const batch = Float32Array.from({ length: 2 * 64 * 64 * options.inputChannels }, (_, i) => Math.sin(i * i));
      const wasm = await openWasmBackend(await makeWasmFolder(), 1);
      const [native, other] = [backend, wasm].map((each) => {
        const built = each.build(network, weights, 1e-5, 64);
        const output = built.predict(batch, 2, { features: true });
        built.dispose();
        return output;
      });
      expect(native!.probabilities).toHaveLength(2 * options.findings);
      expect(largestDifference(native!.probabilities, other!.probabilities)).toBeLessThan(1e-5);
      const scale = Math.max(...other!.features!);
      expect(largestDifference(native!.features!, other!.features!) / scale).toBeLessThan(1e-5);
      // Numbers that are all alike would agree for the wrong reason.
      expect(new Set(other!.probabilities).size).toBe(2 * options.findings);
    },
  );

  it('is what the engine process chooses, and WASM where its libraries are broken', async () => {
    const engineFile = await buildProcess('engine');
    const env = { ...process.env, HILUM_RESOURCES: `${ROOT}/resources` };
    const chosenWith = async (path: string): Promise<unknown> => {
      const findAddon = (): Promise<string> => Promise.resolve(path);
      const host = createEngineHost({ start: () => forkChild(engineFile, env), threads: 2, findAddon });
      const { chosen, state } = await host.ready();
      await host.close();
      return { chosen, state };
    };
    expect(await chosenWith(addon!)).toEqual({ chosen: 'tensorflow', state: 'ready' });
    expect(await chosenWith(engineFile)).toEqual({ chosen: 'wasm', state: 'ready' });
  });
});
