/** Native TensorFlow against PyTorch on the golden films; other networks are those of test/parity/awkward.test.ts. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { forkChild } from '#main/channel/forkChild';
import type { Backend } from '#main/engine/backends/backend';
import { openTensorflowBackend } from '#main/engine/backends/tensorflow/openTensorflowBackend';
import { dealProcessors, parseProcessors } from '#main/engine/backends/tensorflow/spreadThreads';
import { createEngineHost } from '#main/engine/host/engineHost';
import { judgeFilms } from '#main/engine/process/judgeFilms';
import { createModelShelf, type LoadedModel } from '#main/engine/process/modelShelf';
import { buildProcess } from '#test/helpers/buildProcess';
import { DEMO_WEIGHTS, largestDifference, readDemoCard, readGoldenFilms, type GoldenFilm } from '#test/helpers/golden';
import { findNativeAddon } from '#test/helpers/nativePack';
import { watchedStart } from '#test/helpers/watchedStart';
import { ROOT } from '../../../../../scripts/bundle.mjs';

const addon = await findNativeAddon(await buildProcess('engine'));

describe.skipIf(addon === null)('native TensorFlow', { timeout: 120_000 }, () => {
  let backend: Backend;
  let model: LoadedModel;
  let films: readonly GoldenFilm[];
  let inputs: readonly Uint8Array[];

  beforeAll(async () => {
    backend = openTensorflowBackend({ addon: addon!, resources: join(ROOT, 'resources'), threads: 2 });
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

  it.runIf(existsSync('/proc/self/task') && availableParallelism() > 1)(
    'keeps its two threads on processors of their own, in the engine process',
    async () => {
      const engineFile = await buildProcess('engine');
      const env = { ...process.env, HILUM_RESOURCES: `${ROOT}/resources` };
      const { start, pid } = watchedStart(engineFile, env);
      const host = createEngineHost({ start, threads: 2, findAddon: () => Promise.resolve(addon) });
      await host.ready();
      const read = (thread: string, file: string): string =>
        readFileSync(`/proc/${pid()}/task/${thread}/${file}`, 'utf8');
      const allowed = (thread: string): string => /^Cpus_allowed_list:(.*)$/m.exec(read(thread, 'status'))![1]!.trim();
      // Behind the name, which may contain anything, the 12th and 13th field: in user's code and in the system's.
      const worked = (thread: string): number => {
        const fields = read(thread, 'stat').split(') ').at(-1)!.split(' ');
        return Number(fields[11]) + Number(fields[12]);
      };
      // Beside the main thread those that have run the network are the ones that have worked most.
      const processors = (): string[] =>
        readdirSync(`/proc/${pid()}/task`)
          .filter((thread) => thread !== String(pid()))
          .sort((a, b) => worked(b) - worked(a))
          .slice(0, 2)
          .map((thread) => parseProcessors(allowed(thread)).join())
          .sort();
      const hands = dealProcessors(parseProcessors(allowed(String(pid()))), 2);
      await expect.poll(processors, { timeout: 10_000 }).toEqual(hands.map((hand) => hand.join()).sort());
      await host.close();
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
