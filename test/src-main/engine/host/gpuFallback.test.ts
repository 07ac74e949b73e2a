/**
 * A GPU that is too small, wrong, or crashes. None of our machines has one: TF.js's real binding computes on the
 * processor and says that it is a GPU, until the host tells it to leave GPUs alone.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forkChild } from '#main/channel/forkChild';
import { createEngineHost, type EngineHost } from '#main/engine/host/engineHost';
import { createBatchAnalysis } from '#main/workflows/batchAnalysis';
import { buildProcess } from '#test/helpers/buildProcess';
import { DEMO_WEIGHTS, largestDifference, readDemoCard, readGoldenFilms, type GoldenFilm } from '#test/helpers/golden';
import { findNativeAddon } from '#test/helpers/nativePack';
import { ROOT } from '../../../../scripts/bundle.mjs';

const engineFile = await buildProcess('engine');
const addon = await findNativeAddon(engineFile);

const OUT_OF_MEMORY = "throw new Error('OOM when allocating tensor with shape[8,112,112,64] on /device:GPU:0');";

/** What the GPU does when it is asked for so many `films`; `wrong` changes what it hands on. */
const GPUS = {
  works: '',
  holdsTwo: `if (films > 2) ${OUT_OF_MEMORY}`,
  fillsUp: `full ||= films > 4; if (full) ${OUT_OF_MEMORY}`,
  isFull: OUT_OF_MEMORY,
  dies: "if (films > 4) process.kill(process.pid, 'SIGKILL');",
  isWrong: 'wrong = true;',
  isWrongWithoutToo: '} wrong = true; {',
  diesAtStart: "process.kill(process.pid, 'SIGSEGV');",
  diesAtStartWithoutToo: "} process.kill(process.pid, 'SIGSEGV'); {",
};

describe.skipIf(addon === null)('native TensorFlow on a GPU', { timeout: 120_000 }, () => {
  let folder: string;
  let films: readonly GoldenFilm[];
  const hosts: EngineHost[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hilum-gpu-'));
    films = (await readGoldenFilms()).slice(0, 6);
  });

  afterAll(async () => {
    await Promise.all(hosts.map((host) => host.close()));
    await rm(folder, { recursive: true, force: true });
  });

  async function startHost(gpu: keyof typeof GPUS): Promise<EngineHost> {
    const binding = join(folder, `${gpu}.cjs`);
    await writeFile(
      binding,
      `const real = require(${JSON.stringify(addon)});
       const isGpu = process.env.CUDA_VISIBLE_DEVICES !== '-1';
       const counts = new Map();
       let [full, wrong] = [false, false];
       module.exports = Object.create(real, Object.getOwnPropertyDescriptors({
         isUsingGpuDevice: () => isGpu,
         createTensor: (shape, ...rest) => {
           const id = real.createTensor(shape, ...rest);
           counts.set(id, shape[0]);
           return id;
         },
         runSavedModel: (id, inputs, ...names) => {
           const films = counts.get(inputs[0]);
           if (isGpu) { ${GPUS[gpu]} }
           return real.runSavedModel(id, inputs, ...names);
         },
         tensorDataSync: (id) => real.tensorDataSync(id).map((value) => (wrong ? value + 0.01 : value)),
       }));`,
    );
    const env = { ...process.env, HILUM_RESOURCES: join(ROOT, 'resources'), CUDA_VISIBLE_DEVICES: undefined };
    const findAddon = (): Promise<string> => Promise.resolve(binding);
    const host = createEngineHost({ start: () => forkChild(engineFile, env), threads: 2, findAddon });
    hosts.push(host);
    await host.use(await readDemoCard(), DEMO_WEIGHTS);
    return host;
  }

  type Judged = { readonly device: string; readonly difference: number };

  async function judge(host: EngineHost): Promise<Judged> {
    const { films: judged, backend } = await host.analyse(
      films.map(({ input }) => input),
      { maps: false },
    );
    const differences = judged.map(({ probabilities }, i) => largestDifference(probabilities, films[i]!.probabilities));
    return { device: backend.replace(/^tensorflow [\d.]+, /, ''), difference: Math.max(...differences) };
  }

  const messageOf = (host: EngineHost): unknown => {
    const { state, message, restarts, chosen } = host.status();
    return { state, message, restarts, chosen };
  };
  const READY = { state: 'ready', restarts: 0, chosen: 'tensorflow' };

  it.each([
    ['works', ''],
    ['holdsTwo', 'The memory of the GPU is short: films are taken 2 at a time.'],
  ] as const)('gives right numbers, and the receipt names it: it %s', async (gpu, message) => {
    const host = await startHost(gpu);
    const { device, difference } = await judge(host);
    expect(difference).toBeLessThan(1e-5);
    expect({ device, ...(messageOf(host) as object) }).toEqual({ device: 'GPU', message, ...READY });
  });

  it('whose memory fills up gives way to the processor: nobody sees an error, status and receipt say so', async () => {
    const host = await startHost('fillsUp');
    const before = host.pid;
    const waiting = host.analyse([films[0]!.input], { maps: false });
    const { device, difference } = await judge(host);
    expect(difference).toBeLessThan(1e-5);
    expect(device).toBe('CPU, 2 threads');
    expect((await waiting).films).toHaveLength(1);
    expect(messageOf(host)).toEqual({
      ...{ message: 'The memory of the GPU was too small for a film; the processor takes its place.', ...READY },
    });
    expect(host.pid).not.toBe(before);
    // Who asks for a new start asks for the GPU too.
    await host.restart();
    expect(host.status()).toMatchObject({ message: '', backends: [{ device: 'GPU' }, { id: 'wasm' }] });
  });

  it.each([
    ['isFull', /The memory of the GPU does not hold one film\./],
    ['isWrong', /Its probabilities differ from the references by 0\.010/],
  ] as const)(
    'that does not pass the self-test (%s) is left alone from the start, and why is said',
    async (gpu, why) => {
      const host = await startHost(gpu);
      const { device, difference } = await judge(host);
      expect(difference).toBeLessThan(1e-5);
      expect(device).toBe('CPU, 2 threads');
      const { message, ...others } = messageOf(host) as { readonly message: string };
      expect(others).toEqual(READY);
      expect(message).toMatch(/^The GPU does not pass, the processor takes its place\. /);
      expect(message).toMatch(why);
    },
  );

  it('whose numbers are wrong without it too is refused and named, and WebAssembly takes its place', async () => {
    const host = await startHost('isWrongWithoutToo');
    const { backends, chosen, state } = host.status();
    expect({ chosen, state }).toEqual({ chosen: 'wasm', state: 'ready' });
    expect(backends[0]).toMatchObject({ id: 'tensorflow', available: false, device: 'CPU, 2 threads' });
    expect(backends[0]!.reason).toMatch(/^Its probabilities differ from the references by 0\.010; at most 0\.0001/);
    expect(backends[0]!.selfTestMaxDifference).toBeCloseTo(0.01, 4);
    expect((await judge(host)).difference).toBeLessThan(1e-5);
  });

  it.each([
    ['diesAtStart', 'tensorflow', 1, 'it does without a GPU now.'],
    ['diesAtStartWithoutToo', 'wasm', 2, 'WebAssembly takes its place.'],
  ] as const)('whose driver takes the process along at the start: %s', async (gpu, chosen, restarts, then) => {
    const host = await startHost(gpu);
    expect((await judge(host)).difference).toBeLessThan(1e-5);
    const message = `Native TensorFlow ended the engine while it started; ${then}`;
    expect(messageOf(host)).toEqual({ state: 'ready', message, restarts, chosen });
    const [native] = await host.tryAll({ measure: false });
    const reason = chosen === 'wasm' ? 'It ended the engine while it started.' : '';
    expect(native).toMatchObject({ id: 'tensorflow', available: chosen === 'tensorflow', reason });
  });

  it('that takes the process along is left alone from then on, and every film has its numbers', async () => {
    const host = await startHost('dies');
    const analysis = createBatchAnalysis(host, 8);
    const answers = await Promise.all(films.map(({ input }) => analysis.analyse(input, { maps: false })));
    const differences = answers.map(({ probabilities }, i) =>
      largestDifference(probabilities, films[i]!.probabilities),
    );
    expect(Math.max(...differences)).toBeLessThan(1e-5);
    expect(answers.every(({ backend }) => backend.endsWith('CPU, 2 threads'))).toBe(true);
    expect(messageOf(host)).toEqual({
      ...{ state: 'ready', restarts: 1, chosen: 'tensorflow' },
      message: 'The engine ended while it computed on the GPU; the processor takes its place.',
    });
  });
});
