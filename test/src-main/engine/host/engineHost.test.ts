/** The host with the real engine process, which is killed, misled and cancelled. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { forkChild } from '#main/channel/forkChild';
import type { ModelCard } from '#main/contract/card';
import type { EngineStatus } from '#main/contract/engine';
import { createEngineHost, type EngineHost, type EngineHostOptions } from '#main/engine/host/engineHost';
import { buildProcess } from '#test/helpers/buildProcess';
import { DEMO_WEIGHTS, largestDifference, readDemoCard, readGoldenFilms, type GoldenFilm } from '#test/helpers/golden';
import { ROOT } from '../../../../scripts/bundle.mjs';

const RESOURCES = join(ROOT, 'resources');

let engineFile: string;
let card: ModelCard;
let films: readonly GoldenFilm[];
let temporary: string;
const hosts: EngineHost[] = [];

beforeAll(async () => {
  [engineFile, card, films] = await Promise.all([buildProcess('engine'), readDemoCard(), readGoldenFilms()]);
  temporary = await mkdtemp(join(tmpdir(), 'hilum-engine-'));
}, 120_000);

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
});

afterAll(() => rm(temporary, { recursive: true, force: true }));

function startHost(options: Partial<EngineHostOptions> = {}, resources = RESOURCES): EngineHost {
  const env = { ...process.env, HILUM_RESOURCES: resources };
  const host = createEngineHost({ start: () => forkChild(engineFile, env), threads: 2, ...options });
  hosts.push(host);
  return host;
}

/** Resolves once the host reports this state. */
function reached(host: EngineHost, state: EngineStatus['state']): Promise<void> {
  return new Promise((resolve) => {
    const stop = host.onStatus((status) => {
      if (status.state !== state) return;
      stop();
      resolve();
    });
  });
}

function inputs(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => films[i % films.length]!.input);
}

const settled = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'done',
    (error: unknown) => (error as { code: string }).code,
  );

describe('the engine', { timeout: 120_000 }, () => {
  let host: EngineHost;

  beforeAll(async () => {
    host = startHost();
    hosts.length = 0;
    await host.use(card, DEMO_WEIGHTS);
  }, 120_000);

  afterAll(() => host.close());

  it('is ready when a backend has passed its self-test, and says what it runs on', async () => {
    const { state, chosen, backends, restarts } = await host.ready();
    expect({ state, chosen, restarts }).toEqual({ state: 'ready', chosen: 'wasm', restarts: 0 });
    expect(backends).toEqual([
      expect.objectContaining({ id: 'tensorflow', available: false, reason: 'The native pack is not installed.' }),
      expect.objectContaining({
        id: 'wasm',
        available: true,
        device: expect.stringMatching(/^CPU, 2 threads, (relaxed )?SIMD$/) as unknown,
        reason: '',
      }),
    ]);
    expect(backends[1]!.selfTestMaxDifference).toBeLessThan(1e-5);
  });

  it('gives the probabilities and maps of PyTorch, and leaves no tensor behind', async () => {
    const first = await host.analyse(inputs(5), { maps: true });
    const { tensors } = await host.memory();
    await host.analyse(inputs(3), { maps: false });
    expect((await host.memory()).tensors).toBe(tensors);
    expect(first.backend).toMatch(/^wasm 4\.22\.0, 2 threads, (relaxed )?SIMD$/);
    const differences = first.films.map(({ probabilities, maps }, i) => [
      largestDifference(probabilities, films[i]!.probabilities),
      largestDifference(maps!, films[i]!.maps),
    ]);
    expect(Math.max(...differences.map(([probability]) => probability!))).toBeLessThan(1e-5);
    expect(Math.max(...differences.map(([, map]) => map!))).toBeLessThan(1e-4);
  });

  it('leaves maps out where they are not asked for', async () => {
    const { films: judged } = await host.analyse(inputs(1), { maps: false });
    expect(judged.map(({ maps }) => maps)).toEqual([null]);
  });

  it('stops between two batches when the request is cancelled, and takes the next one', async () => {
    const timeOne = async (): Promise<number> => {
      const start = performance.now();
      await host.analyse(inputs(1), { maps: false });
      return performance.now() - start;
    };
    const one = await timeOne();
    const controller = new AbortController();
    const long = settled(host.analyse(inputs(400), { maps: false, signal: controller.signal }));
    const waiting = settled(host.analyse(inputs(1), { maps: false, signal: AbortSignal.abort() }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    controller.abort();
    expect([await long, await waiting]).toEqual(['task/cancelled', 'task/cancelled']);
    // Were the 400 films still computed, their batches would come between these.
    for (let i = 0; i < 3; i++) await timeOne();
    expect(await timeOne()).toBeLessThan(4 * one + 200);
    expect(host.status().restarts).toBe(0);
  });

  it('refuses a film of another size, and goes on', async () => {
    expect(await settled(host.analyse([new Uint8Array(100)], { maps: false }))).toBe('internal/unexpected');
    expect(await settled(host.analyse(inputs(1), { maps: false }))).toBe('done');
    expect(host.status().restarts).toBe(0);
  });

  it('measures every backend when asked', async () => {
    const reports = await host.tryAll({ measure: true });
    expect(reports.map(({ id, millisecondsPerFilm }) => [id, millisecondsPerFilm])).toEqual([
      ['tensorflow', null],
      ['wasm', expect.any(Number) as number],
    ]);
    expect(host.status().backends).toEqual(reports);
  });

  it('does not call a backend unavailable that nobody has tried, and tries it when asked', async () => {
    const pinned = startHost({ wanted: 'wasm' });
    const { backends } = await pinned.ready();
    const states = (reports: EngineStatus['backends']): unknown[] =>
      reports.map(({ id, available, reason, millisecondsPerFilm }) => [id, available, reason, millisecondsPerFilm]);
    expect(states(backends)).toEqual([
      ['tensorflow', null, 'Not tried: another backend is pinned.', null],
      ['wasm', true, '', null],
    ]);
    expect(states(await pinned.tryAll({ measure: false }))).toEqual([
      ['tensorflow', false, 'The native pack is not installed.', null],
      ['wasm', true, '', null],
    ]);
  });

  it('refuses a model that is not as its card says, and keeps the one of before', async () => {
    const bytes = await readFile(DEMO_WEIGHTS);
    bytes[bytes.length - 1]! ^= 1;
    const changed = join(temporary, 'changed.safetensors');
    await writeFile(changed, bytes);
    const wider = { ...card, findings: [...card.findings, 'Other'] };
    expect(await settled(host.use(card, changed))).toBe('model/hash-mismatch');
    expect(await settled(host.use(card, join(temporary, 'none')))).toBe('model/not-found');
    expect(await settled(host.use(wider, DEMO_WEIGHTS))).toBe('model/invalid');
    const { films: judged } = await host.analyse(inputs(1), { maps: false });
    expect(largestDifference(judged[0]!.probabilities, films[0]!.probabilities)).toBeLessThan(1e-5);
  });
});

describe('an engine that is killed', { timeout: 120_000 }, () => {
  it('fails only the request at hand when the process is killed, restarts and answers the ones that wait', async () => {
    const host = startHost();
    const seen: string[] = [];
    host.onStatus(({ state, restarts }) => seen.push(`${state} ${restarts}`));
    await host.use(card, DEMO_WEIGHTS);
    const atHand = settled(host.analyse(inputs(40), { maps: false }));
    const waiting = host.analyse(inputs(1), { maps: false });
    await new Promise((resolve) => setTimeout(resolve, 300));
    process.kill(host.pid!, 'SIGKILL');
    const { films: judged } = await waiting;
    expect(await atHand).toBe('engine/crashed');
    expect(largestDifference(judged[0]!.probabilities, films[0]!.probabilities)).toBeLessThan(1e-5);
    expect(seen).toEqual(['ready 0', 'restarting 1', 'ready 1']);
  });

  it('answers a request that comes while it restarts', async () => {
    const host = startHost();
    await host.use(card, DEMO_WEIGHTS);
    const restarting = reached(host, 'restarting');
    process.kill(host.pid!, 'SIGKILL');
    await restarting;
    const { films: judged } = await host.analyse(inputs(1), { maps: false });
    expect(largestDifference(judged[0]!.probabilities, films[0]!.probabilities)).toBeLessThan(1e-5);
  });
});

describe('an engine that does not work', { timeout: 120_000 }, () => {
  it('is restarted onto what is there then: who waits is answered, and nobody calls it a crash', async () => {
    let asked = 0;
    const host = startHost({
      findAddon: () => {
        asked++;
        return Promise.resolve(null);
      },
    });
    await host.use(card, DEMO_WEIGHTS);
    const before = host.pid;
    const underWay = host.analyse(inputs(2), { maps: false });
    const restarted = host.restart();
    const waiting = host.analyse(inputs(1), { maps: false });
    const [{ films: first }, { state, restarts }, { films: second }] = await Promise.all([
      underWay,
      restarted,
      waiting,
    ]);
    expect({ state, restarts, films: [first.length, second.length], asked }).toEqual({
      ...{ state: 'ready', restarts: 0, films: [2, 1], asked: 2 },
    });
    expect(host.pid).not.toBe(before);
  });

  it('can not be asked before a model is in use', async () => {
    expect(await settled(startHost().analyse(inputs(1), { maps: false }))).toBe('model/not-found');
  });

  it('is refused and named when its numbers differ from the references', async () => {
    const resources = join(temporary, 'resources');
    await cp(RESOURCES, resources, { recursive: true });
    const path = join(resources, 'selftest', 'selftest.json');
    const selfTest = JSON.parse(await readFile(path, 'utf8')) as { films: { probabilities: number[] }[] };
    selfTest.films[1]!.probabilities[6]! += 0.001;
    await writeFile(path, JSON.stringify(selfTest));
    const host = startHost({}, resources);
    const { state, message, backends } = await host.ready();
    expect(state).toBe('failed');
    expect(message).toMatch(
      /wasm: Its probabilities differ from the references by 0\.0010; at most 0\.0001 is allowed\./,
    );
    expect(backends[1]!.selfTestMaxDifference).toBeCloseTo(0.001, 4);
    expect(await settled(host.use(card, DEMO_WEIGHTS))).toBe('engine/unavailable');
  });

  it('fails rather than take another backend than the one that is pinned', async () => {
    const { state, chosen, message } = await startHost({ wanted: 'tensorflow' }).ready();
    expect({ state, chosen }).toEqual({ state: 'failed', chosen: null });
    expect(message).toContain('The native pack is not installed.');
  });

  it('goes on with one thread where a start with threads fails, and says so', async () => {
    const wasm = join(temporary, 'wasm');
    await cp(join(dirname(engineFile), 'wasm'), wasm, { recursive: true });
    await writeFile(join(wasm, 'kernelThread.cjs'), 'process.kill(process.pid, "SIGKILL");');
    const env = { ...process.env, HILUM_RESOURCES: RESOURCES, HILUM_WASM: wasm };
    const { state, backends, message } = await startHost({ start: () => forkChild(engineFile, env) }).ready();
    expect(backends[1]!.device).toMatch(/^CPU, 1 thread, (relaxed )?SIMD$/);
    expect({ state, message }).toEqual({
      state: 'ready',
      message: 'The engine could not be started with threads; it works on one.',
    });
  });

  it('is given up when it dies again and again', async () => {
    const script = join(temporary, 'dies.cjs');
    await writeFile(script, 'process.exit(3);');
    const host = startHost({ start: () => forkChild(script) });
    const { state, message, restarts } = await host.ready();
    expect({ state, restarts }).toEqual({ state: 'failed', restarts: 4 });
    expect(message).toBe('The engine process ended 5 times within a minute. It is not started again.');
    expect(await settled(host.use(card, DEMO_WEIGHTS))).toBe('engine/unavailable');
  });

  it('fails what is open when it is closed, and ends its process', async () => {
    const host = startHost();
    await host.use(card, DEMO_WEIGHTS);
    const open = settled(host.analyse(inputs(40), { maps: false }));
    const waiting = settled(host.analyse(inputs(1), { maps: false }));
    const pid = host.pid!;
    await new Promise((resolve) => setTimeout(resolve, 100));
    await host.close();
    expect([await open, await waiting]).toEqual(['engine/unavailable', 'engine/unavailable']);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});
