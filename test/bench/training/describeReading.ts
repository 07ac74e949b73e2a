/** What a film costs the engine that reads while a run trains beside it, in turns with the run paused. */
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { forkChild } from '#main/channel/forkChild';
import { startTraining, type RunningTraining } from '#main/engine/host/trainerHost';
import type { EngineProtocol } from '#main/engine/protocol/protocol';
import type { TrainingJob } from '#main/engine/protocol/trainingProtocol';
import { DIST, MODEL_FOLDER, THREADS, type Bench } from '../context';
import { readGoldenFilms } from '../goldenFilms';
import { summarise, time } from '../interleave';
import { processorMilliseconds } from '../machine';
import { startHelper, type Helper } from '../startHelper';

const FILMS_A_TURN = 20;
const TURNS = 3;
/** The first steps optimise the graph. */
const SETTLING = 3;
const QUIET_MS = 300;

/** `job` begins in an empty folder; its run is stopped. Null where the system has no /proc to see it come to rest in. */
export async function describeReading(bench: Bench, job: TrainingJob, what: string): Promise<string | null> {
  if (processorMilliseconds(process.pid) === null) return null;
  const engine = await startEngine(bench, job.addon);
  const films = (await readGoldenFilms()).map(({ input }) => input);
  let steps = 0;
  const run = startTraining(
    () => forkChild(join(DIST, 'trainer.cjs')),
    job,
    () => steps++,
  );
  const ended = run.ended.then(() => undefined);
  const samples: Record<'alone' | 'beside', number[]> = { alone: [], beside: [] };
  async function read(into: number[]): Promise<void> {
    for (let film = 0; film < FILMS_A_TURN; film++) {
      const inputs = [films[film % films.length]!];
      const asked = { weightsSha256: bench.card.weights.sha256, inputs, maps: false };
      into.push(await time(() => engine.request('analyse', asked)));
    }
  }
  async function train(): Promise<void> {
    run.pause(false);
    const enough = steps + SETTLING;
    while (steps < enough) await Promise.race([rest(QUIET_MS), ended]);
    await read(samples.beside);
  }
  try {
    for (let turn = 0; turn < TURNS; turn++) {
      await train();
      await comeToRest(run);
      await read(samples.alone);
    }
    return describe(what, samples);
  } finally {
    engine.stop();
    run.stop();
    await ended;
  }
}

async function startEngine({ card }: Bench, addon: string | null): Promise<Helper<EngineProtocol>> {
  const engine = startHelper<EngineProtocol>(join(DIST, 'engine.cjs'));
  await engine.request('start', { wanted: null, threads: THREADS, extent: 'needed', addon });
  await engine.request('load', { card, weightsPath: join(MODEL_FOLDER, card.weights.file) });
  return engine;
}

/** After the step at hand. */
async function comeToRest(run: RunningTraining): Promise<void> {
  run.pause(true);
  let before = NaN;
  for (;;) {
    const spent = processorMilliseconds(run.pid ?? 0);
    if (spent === before) return;
    before = spent ?? NaN;
    await rest(QUIET_MS);
  }
}

function describe(what: string, { alone, beside }: Record<'alone' | 'beside', number[]>): string {
  const [own, shared] = [summarise(alone), summarise(beside)];
  const [ownMiddle, sharedMiddle] = [middle(alone), middle(beside)];
  return (
    `Reading beside ${what}: a film takes ${own.firstQuartile.toFixed(0)} ms while the run is paused and ` +
    `${shared.firstQuartile.toFixed(0)} ms while it trains (first quartiles; ${(shared.firstQuartile / own.firstQuartile).toFixed(2)} ` +
    `times); medians ${ownMiddle.toFixed(0)} and ${sharedMiddle.toFixed(0)} ms (${(sharedMiddle / ownMiddle).toFixed(2)} times).`
  );
}

/** Who reads waits for the slow films too. */
function middle(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)] ?? NaN;
}
