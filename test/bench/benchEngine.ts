/** The engine alone: display grey of 224×224 goes into the engine's process, probabilities come back. */
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import type { EngineProtocol } from '#main/engine/protocol/protocol';
import { DIST, MODEL_FOLDER, THREADS, type Bench } from './context';
import { readGoldenFilms } from './goldenFilms';
import { interleave, time, type Measure } from './interleave';
import { startPeerEngine, type PeerEngine } from './peer/preparePeer';
import { startHelper, type Helper } from './startHelper';
import type { Row } from './table';

const BATCHES = [1, 4];
/** Both engines' threads spin for a while after their work; nobody is measured against the other's spinning. */
const REST_MS = 50;
const WARM_UP_ROUNDS = 3;
/** One film takes a fraction of a second. */
const ROUNDS_FACTOR = 5;

type Engine = Helper<EngineProtocol> & { readonly backend: string };

export async function benchEngine(bench: Bench): Promise<Row[]> {
  const films = (await readGoldenFilms()).map(({ input }) => input);
  const rows: Row[] = [];
  for (const batch of BATCHES) {
    bench.say(`engine, batch ${batch}`);
    rows.push(...(await benchBatch(bench, films.slice(0, batch))));
  }
  return rows;
}

/** Fresh processes for each size of batch, so that memory is that batch's own. */
async function benchBatch(bench: Bench, inputs: readonly Uint8Array[]): Promise<Row[]> {
  const engine = await startEngine(bench);
  const peer = bench.peer === null ? null : await startPeerEngine(bench.peer.model, bench.peer.programs.engine);
  try {
    const perFilm = (work: () => Promise<unknown>): Measure => {
      return async () => {
        await rest(REST_MS);
        return (await time(work)) / inputs.length;
      };
    };
    const analyse = (maps: boolean) => (): Promise<unknown> =>
      engine.request('analyse', { weightsSha256: bench.card.weights.sha256, inputs, maps });
    const contestants = {
      hilum: perFilm(analyse(false)),
      hilumWithMaps: perFilm(analyse(true)),
      peer: peer === null ? null : perFilm(() => peer.request('analyse', { inputs })),
    };
    await interleave(contestants, WARM_UP_ROUNDS);
    const samples = await interleave(contestants, bench.rounds * ROUNDS_FACTOR);
    return makeRows(inputs.length, samples, engine, peer);
  } finally {
    engine.stop();
    peer?.stop();
  }
}

type Samples = { hilum: number[]; hilumWithMaps: number[]; peer: number[] };

function makeRows(batch: number, samples: Samples, engine: Engine, peer: PeerEngine | null): Row[] {
  const memory = engine.residentBytes();
  const name = `engine ${engine.backend}, one film, batch ${batch}`;
  const peerFigure = peer === null ? null : { samplesMs: samples.peer, residentBytes: peer.residentBytes() };
  return [
    { name, unit: 'ms', hilum: { samplesMs: samples.hilum, residentBytes: memory }, peer: peerFigure },
    {
      name: `${name}, with 14 maps`,
      unit: 'ms',
      hilum: { samplesMs: samples.hilumWithMaps, residentBytes: memory },
      peer: null,
    },
  ];
}

async function startEngine({ card }: Bench): Promise<Engine> {
  const engine = startHelper<EngineProtocol>(join(DIST, 'engine.cjs'));
  const { chosen } = await engine.request('start', { wanted: null, threads: THREADS, measure: false, addon: null });
  await engine.request('load', { card, weightsPath: join(MODEL_FOLDER, card.weights.file) });
  return { ...engine, backend: chosen ?? 'none' };
}
