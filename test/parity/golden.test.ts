/** The network of every backend against PyTorch, on the twelve golden films: 1e-5 in probability, 1e-4 in the maps. */
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openWasmBackend } from '#main/engine/backends/wasm/openWasmBackend';
import { judgeFilms, type JudgedFilm } from '#main/engine/process/judgeFilms';
import { createModelShelf } from '#main/engine/process/modelShelf';
import { DEMO_WEIGHTS, largestDifference, readDemoCard, readGoldenFilms, type GoldenFilm } from '#test/helpers/golden';
import { makeWasmFolder } from '#test/helpers/makeWasmFolder';

describe.each([
  { name: 'one thread', threads: 1, kernels: true },
  { name: 'threads', threads: Math.max(2, Math.min(availableParallelism(), 4)), kernels: true },
  { name: 'the operations of TF.js alone', threads: 1, kernels: false },
])('wasm on $name', ({ threads, kernels }) => {
  let films: readonly GoldenFilm[];
  let judged: readonly JudgedFilm[];
  let device: string;

  beforeAll(async () => {
    films = await readGoldenFilms();
    const folder = await makeWasmFolder();
    if (!kernels) await Promise.all(['', '-relaxed'].map((variant) => rm(join(folder, `kernels${variant}.wasm`))));
    const backend = await openWasmBackend(folder, threads);
    device = backend.device;
    const model = await createModelShelf(backend).load(await readDemoCard(), DEMO_WEIGHTS);
    const inputs = films.map(({ input }) => input);
    judged = (await judgeFilms(model, inputs, { maps: true, batchSize: 4 })).films;
  }, 120_000);

  it('runs on what was asked for', () => {
    expect(device.split(', ').slice(0, 2)).toEqual(['CPU', threads === 1 ? '1 thread' : `${threads} threads`]);
    expect(device.includes('alone')).toBe(!kernels);
  });

  it('gives the probabilities of PyTorch within 1e-5', () => {
    const differences = films.map(({ probabilities }, i) => largestDifference(judged[i]!.probabilities, probabilities));
    expect(films).toHaveLength(12);
    expect(Math.max(...differences)).toBeLessThan(1e-5);
  });

  it('gives the attention maps of PyTorch within 1e-4', () => {
    const differences = films.map(({ maps }, i) => largestDifference(judged[i]!.maps!, maps));
    expect(films[0]!.maps).toHaveLength(14 * 7 * 7);
    expect(Math.max(...differences)).toBeLessThan(1e-4);
  });
});
