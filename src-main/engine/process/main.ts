/** The engine process: owns every tensor, answers one host. Its crash costs one request, never the application. */
import { parentPort } from '#main/channel/parentPort';
import { serve } from '#main/channel/channel';
import { AppError } from '#main/contract/errors';
import type { EngineProtocol } from '#main/engine/protocol/protocol';
import { judgeFilms } from './judgeFilms';
import { probeBackends, type OpenEngine } from './probeBackends';

let current: OpenEngine | null = null;

function engine(): OpenEngine {
  if (current === null) throw new AppError('engine/unavailable', 'No engine has passed its self-test.');
  return current;
}

/**
 * An error that we did not foresee, inside the network, leaves a WASM heap or a native library in an unknown state:
 * numbers made after it could be wrong. The process ends; the host starts a fresh one.
 */
async function orDie<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AppError) throw error;
    process.stderr.write(
      `The engine ends: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(70);
  }
}

serve<EngineProtocol>(parentPort(), {
  start: async (options) => {
    const { reports, chosen, gpu } = await probeBackends(options);
    current = chosen;
    return { backends: reports, chosen: chosen?.backend.id ?? null, gpu };
  },
  load: async ({ card, weightsPath }) => {
    const { parameters } = await orDie(engine().shelf.load(card, weightsPath));
    return { parameters };
  },
  analyse: async ({ weightsSha256, inputs, maps }, signal) => {
    const { backend, shelf } = engine();
    const options = { maps, batchSize: backend.batchSize, signal };
    const judged = await orDie(judgeFilms(shelf.get(weightsSha256), inputs, options));
    return { ...judged, backend: backend.name, notice: backend.notice() };
  },
  memory: () => ({
    rssBytes: process.memoryUsage.rss(),
    tensors: current?.backend.countTensors() ?? 0,
  }),
});
