/** The engine's backends alone beside their peers, turn by turn: films one by one and eight at a time, on 1 and 2 threads. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { normalise } from '#main/chexnet/preprocess/preprocess';
import { BACKEND_IDS, type BackendId } from '#main/contract/engine';
import { helperEnvironment } from '#main/channel/helperEnvironment';
import type { EngineProtocol } from '#main/engine/protocol/protocol';
import { findNativeAddon } from '#test/helpers/nativePack';
import { DIST, MODEL_FOLDER, THREADS, type Bench } from './context';
import { formatContest, type ContestFigure } from './contestTable';
import { readGoldenFilms, type GoldenFilm } from './goldenFilms';
import { interleave, time, type Measure } from './interleave';
import { installPeer, ONNXRUNTIME } from './peer/installPeer';
import { requireAgreement, startPeerEngine } from './peer/preparePeer';
import { startPythonPeer, type PythonRuntime } from './peer/pythonPeer';
import type { PeerModel } from './peer/session';
import { startHelper } from './startHelper';

type Work = {
  readonly name: string;
  readonly batch: number;
  /** Batches that are judged, uncounted, since the rest: the threads are awake and spread over the processors. */
  readonly before: number;
  readonly counted: number;
};
const WORK: readonly Work[] = [
  { name: '1, after a rest', batch: 1, before: 0, counted: 1 },
  { name: '1', batch: 1, before: 1, counted: 4 },
  { name: '8', batch: 8, before: 0, counted: 1 },
];
const THREAD_COUNTS = [1, 2].filter((count) => count <= THREADS);
/** All engines' threads spin for a while after their work; nobody is measured against another's spinning. */
const REST_MS = 50;
const WARM_UP_ROUNDS = 3;
/** One film alone takes a fraction of a batch. */
const ROUNDS_FACTOR = 3;

/** An engine that runs: `judge` returns the milliseconds for the first `count` films. */
type Running = {
  readonly judge: (count: number) => Promise<number>;
  readonly residentBytes: () => number | null;
  readonly stop: () => void;
};
type Contestant = { readonly name: string; readonly start: (threads: number) => Promise<Running> };

export async function benchEngine(bench: Bench, markdown: boolean): Promise<string> {
  const films = await readGoldenFilms();
  const filmsFile = join(bench.scratch, 'films.f32');
  await writeFile(
    filmsFile,
    toPlanes(
      normalise(
        films.map(({ input }) => input),
        bench.card.input,
      ),
      films.length,
    ),
  );
  const addon = await findNativeAddon(join(DIST, 'engine.cjs'));
  const own = BACKEND_IDS.filter((id) => id !== 'tensorflow' || addon !== null);
  const peers = await peersOf(bench, films, filmsFile);
  const contestants = [...own.map((id) => ownEngine(bench, films, id, addon)), ...peers];
  const figures: ContestFigure[] = [];
  for (const threads of THREAD_COUNTS) {
    for (const work of WORK) {
      bench.say(`engine, batch ${work.name}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`);
      figures.push(...(await compare(bench, contestants, work, threads)));
    }
  }
  const contest = { figures, peers: peers.map(({ name }) => name), settings: ['batch', 'threads'], time: 'a film' };
  return formatContest(contest, markdown);
}

/** Fresh processes for each size of batch, so that memory is that batch's own. */
async function compare(
  bench: Bench,
  contestants: readonly Contestant[],
  { name: workName, batch, before, counted }: Work,
  threads: number,
): Promise<ContestFigure[]> {
  const running = new Map<string, Running>();
  try {
    for (const { name, start } of contestants) running.set(name, await start(threads));
    const measures: Record<string, Measure> = {};
    for (const [name, { judge }] of running) {
      measures[name] = async () => {
        await rest(REST_MS);
        for (let i = 0; i < before; i += 1) await judge(batch);
        let milliseconds = 0;
        for (let i = 0; i < counted; i += 1) milliseconds += await judge(batch);
        return milliseconds / (counted * batch);
      };
    }
    await interleave(measures, WARM_UP_ROUNDS);
    const samples = await interleave(measures, bench.rounds * (batch === 1 ? ROUNDS_FACTOR : 1));
    return [...running].map(([name, engine]) => {
      const setting = [workName, String(threads)];
      return { name, setting, samplesMs: samples[name] ?? [], residentBytes: engine.residentBytes() };
    });
  } finally {
    for (const { stop } of running.values()) stop();
  }
}

function ownEngine(bench: Bench, films: readonly GoldenFilm[], id: BackendId, addon: string | null): Contestant {
  const { card } = bench;
  const start = async (threads: number): Promise<Running> => {
    const engine = startHelper<EngineProtocol>(join(DIST, 'engine.cjs'), helperEnvironment('engine'));
    const { chosen } = await engine.request('start', { wanted: id, threads, extent: 'needed', addon });
    if (chosen === null) throw new Error(`The backend ${id} does not work here.`);
    await engine.request('load', { card, weightsPath: join(MODEL_FOLDER, card.weights.file) });
    const judge = (count: number): Promise<number> => {
      const inputs = films.slice(0, count).map(({ input }) => input);
      return time(() => engine.request('analyse', { weightsSha256: card.weights.sha256, inputs, maps: false }));
    };
    return { ...engine, judge };
  };
  return { name: id, start };
}

/** Those that can be had here; each has shown that it gives PyTorch's numbers. */
async function peersOf(bench: Bench, films: readonly GoldenFilm[], filmsFile: string): Promise<Contestant[]> {
  const weights = join(MODEL_FOLDER, bench.card.weights.file);
  const candidates: (() => Promise<Contestant>)[] = [];
  if (bench.peer !== null) {
    const { model, programs } = bench.peer;
    candidates.push(
      () => Promise.resolve(onnxEngine(programs.engine, model, films)),
      async () => {
        const peerFolder = await installPeer(ONNXRUNTIME.web);
        const web = { ...model, package: ONNXRUNTIME.web.name, peerFolder };
        const peer = onnxEngine(programs.engine, web, films);
        (await peer.start(1)).stop();
        return peer;
      },
      () => pythonEngine(bench, films, 'openvino', model.onnxPath, filmsFile),
    );
  }
  candidates.push(() => pythonEngine(bench, films, 'pytorch', weights, filmsFile));
  const found: Contestant[] = [];
  for (const candidate of candidates) {
    try {
      found.push(await candidate());
    } catch (error) {
      bench.say(`without a peer: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return found;
}

function onnxEngine(program: string, model: PeerModel, films: readonly GoldenFilm[]): Contestant {
  const start = async (threads: number): Promise<Running> => {
    const engine = await startPeerEngine({ ...model, threads }, program);
    const judge = (count: number): Promise<number> => {
      const inputs = films.slice(0, count).map(({ input }) => input);
      return time(() => engine.request('analyse', { inputs }));
    };
    return { ...engine, judge };
  };
  return { name: model.package, start };
}

async function pythonEngine(
  { card }: Bench,
  films: readonly GoldenFilm[],
  runtime: PythonRuntime,
  model: string,
  filmsFile: string,
): Promise<Contestant> {
  const trial = await startPythonPeer(runtime, model, THREADS, filmsFile);
  try {
    const { probabilities } = await trial.ask(films.length);
    requireAgreement(runtime, card, films, probabilities);
  } finally {
    trial.stop();
  }
  const start = async (threads: number): Promise<Running> => {
    const peer = await startPythonPeer(runtime, model, threads, filmsFile);
    return { ...peer, judge: async (count) => (await peer.ask(count)).milliseconds };
  };
  return { name: `${runtime} ${trial.version}`, start };
}

/** [n,rows,columns,channels] → [n,channels,rows,columns]. */
function toPlanes(films: Float32Array, count: number): Float32Array {
  const channels = 3;
  const area = films.length / count / channels;
  return films.map((_, i) => {
    const film = Math.floor(i / (area * channels));
    const channel = Math.floor(i / area) % channels;
    return films[(film * area + (i % area)) * channels + channel]!;
  });
}
