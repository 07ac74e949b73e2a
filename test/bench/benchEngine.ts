/** Each backend of the engine alone: display grey of 224×224 goes into its process, probabilities come back. */
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { BACKEND_IDS, type BackendId } from '#main/contract/engine';
import type { EngineProtocol } from '#main/engine/protocol/protocol';
import { findNativeAddon } from '#test/helpers/nativePack';
import { DIST, MODEL_FOLDER, THREADS, type Bench } from './context';
import { readGoldenFilms } from './goldenFilms';
import { interleave, time, type Measure } from './interleave';
import { startPeerEngine, type PeerEngine } from './peer/preparePeer';
import { startHelper, type Helper } from './startHelper';
import type { Figure, Row } from './table';

const BATCHES = [1, 8];
/** Both engines' threads spin for a while after their work; nobody is measured against the other's spinning. */
const REST_MS = 50;
const WARM_UP_ROUNDS = 3;
/** One film takes a fraction of a second. */
const ROUNDS_FACTOR = 5;

type Engine = Helper<EngineProtocol> & { readonly backend: BackendId };

export async function benchEngine(bench: Bench): Promise<Row[]> {
  const films = (await readGoldenFilms()).map(({ input }) => input);
  const addon = await findNativeAddon(join(DIST, 'engine.cjs'));
  const backends = BACKEND_IDS.filter((id) => id !== 'tensorflow' || addon !== null);
  const rows: Row[] = [];
  for (const batch of BATCHES) {
    bench.say(`engine, batch ${batch}`);
    rows.push(...(await benchBatch(bench, backends, addon, films.slice(0, batch))));
  }
  return rows;
}

/** Fresh processes for each size of batch, so that memory is that batch's own. */
async function benchBatch(
  bench: Bench,
  backends: readonly BackendId[],
  addon: string | null,
  inputs: readonly Uint8Array[],
): Promise<Row[]> {
  const engines: Engine[] = [];
  for (const backend of backends) engines.push(await startEngine(bench, backend, addon));
  const peer = bench.peer === null ? null : await startPeerEngine(bench.peer.model, bench.peer.programs.engine);
  try {
    const perFilm = (work: () => Promise<unknown>): Measure => {
      return async () => {
        await rest(REST_MS);
        return (await time(work)) / inputs.length;
      };
    };
    const analyse = (engine: Engine, maps: boolean): Measure =>
      perFilm(() => engine.request('analyse', { weightsSha256: bench.card.weights.sha256, inputs, maps }));
    const contestants: Record<string, Measure | null> = {
      peer: peer === null ? null : perFilm(() => peer.request('analyse', { inputs })),
    };
    for (const engine of engines) {
      contestants[engine.backend] = analyse(engine, false);
      contestants[`${engine.backend} with maps`] = analyse(engine, true);
    }
    await interleave(contestants, WARM_UP_ROUNDS);
    const samples = await interleave(contestants, bench.rounds * ROUNDS_FACTOR);
    return engines.flatMap((engine) => makeRows(inputs.length, samples, engine, peer));
  } finally {
    for (const engine of engines) engine.stop();
    peer?.stop();
  }
}

function makeRows(
  batch: number,
  samples: Readonly<Record<string, readonly number[]>>,
  engine: Engine,
  peer: PeerEngine | null,
): Row[] {
  const { backend } = engine;
  const memory = engine.residentBytes();
  const name = `engine ${backend}, one film, batch ${batch}`;
  const figure = (contestant: string, bytes: number | null): Figure => ({
    samplesMs: samples[contestant] ?? [],
    residentBytes: bytes,
  });
  return [
    {
      name,
      unit: 'ms',
      hilum: figure(backend, memory),
      peer: peer === null ? null : figure('peer', peer.residentBytes()),
    },
    { name: `${name}, with 14 maps`, unit: 'ms', hilum: figure(`${backend} with maps`, memory), peer: null },
  ];
}

async function startEngine({ card }: Bench, backend: BackendId, addon: string | null): Promise<Engine> {
  const engine = startHelper<EngineProtocol>(join(DIST, 'engine.cjs'));
  const { chosen } = await engine.request('start', { wanted: backend, threads: THREADS, measure: false, addon });
  if (chosen === null) throw new Error(`The backend ${backend} does not work here.`);
  await engine.request('load', { card, weightsPath: join(MODEL_FOLDER, card.weights.file) });
  return { ...engine, backend };
}
