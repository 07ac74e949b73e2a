/**
 * What every job needs to judge films, and nothing else: the decode pool, the models on disk, the engine. Nothing is
 * started before it is asked for, so that `inspect` never pays for an engine. The window and the command line build
 * it alike; only how helpers are started differs.
 */
import { availableParallelism } from 'node:os';
import type { StartChild } from '#main/channel/channel';
import type { BackendId, EngineStatus } from '#main/contract/engine';
import { AppError } from '#main/contract/errors';
import type { RunEvent } from '#main/contract/run';
import type { NetworkPixels } from '#main/contract/networkFilm';
import { createModelRegistry, type ModelRegistry } from '#main/database/modelRegistry';
import { createRunRegistry, type RunRegistry } from '#main/database/runRegistry';
import { readUrgency } from '#main/database/urgencyNote';
import { createDecodePool, type DecodePool } from '#main/decoding/host/decodePool';
import { createEngineHost, type EngineHost } from '#main/engine/host/engineHost';
import { startTraining, type RunningTraining } from '#main/engine/host/trainerHost';
import type { TrainingJob } from '#main/engine/protocol/trainingProtocol';
import { createFilmReader, type FilmReader } from './analyseFilm';
import { createBatchAnalysis, type EngineReply } from './batchAnalysis';
import { checkGpu, type GpuCheck } from './training/checkGpu';
import { createEnginePack, type EnginePack } from './enginePack';

export type WorkbenchOptions = {
  /** HILUM_HOME. */
  readonly home: string;
  /** The folder of what comes with the product: models, sample films. */
  readonly resources: string;
  readonly start: StartChild;
  /** Decode processes; by default one less than there are cores. */
  readonly jobs?: number | undefined;
  /** Pins a backend; null takes the first that passes its self-test. */
  readonly backend?: BackendId | null;
  /** Told of each change of the engine. */
  readonly onEngine?: (status: EngineStatus) => void;
};

export type Workbench = {
  readonly home: string;
  readonly resources: string;
  readonly jobs: number;
  readonly decoder: DecodePool;
  readonly models: ModelRegistry;
  readonly runs: RunRegistry;
  readonly enginePack: EnginePack;
  /** Whether the GPU may train with this addon, tried in a process of its own. */
  checkGpu(addon: string): Promise<GpuCheck>;
  /** In a process of its own. */
  startTraining(job: TrainingJob, onEvent: (event: RunEvent) => void): RunningTraining;
  /** Started at the first call. */
  engine(): EngineHost;
  /** The model of that id, or the active one. Throws `model/not-found`, `model/invalid`. */
  reader(modelId?: string): Promise<FilmReader>;
  close(): Promise<void>;
};

/** The network keeps the cores busy by itself; more decoding than this only makes films wait in memory. */
function defaultJobs(): number {
  return Math.max(1, Math.min(8, availableParallelism() - 1));
}

/** Films in one request to the engine, which cuts it into what its backend takes at once (tensorflow 8, wasm 4). */
const LARGEST_BATCH = 8;

export function openWorkbench(options: WorkbenchOptions): Workbench {
  const { home, resources, start, jobs = defaultJobs(), backend = null, onEngine } = options;
  const decoder = createDecodePool({ start, processes: jobs });
  const models = createModelRegistry({ home, resources });
  const runs = createRunRegistry(home);
  const enginePack = createEnginePack({ home, resources, start });
  let host: EngineHost | null = null;

  function engine(): EngineHost {
    if (host !== null) return host;
    host = createEngineHost({ start, wanted: backend, findAddon: enginePack.findAddon });
    if (onEngine !== undefined) host.onStatus(onEngine);
    return host;
  }

  /** The card that the engine was told to use last, whole: the same weights may be read with other preprocessing. */
  let inUse: string | null = null;

  async function reader(modelId?: string): Promise<FilmReader> {
    const card = modelId === undefined ? await models.active() : await models.get(modelId);
    if (card.findings.length === 0) {
      throw new AppError('model/unsupported', `The model ${card.id} knows no finding: it is there to train from.`);
    }
    const weightsPath = models.weightsPath(card.id);
    const wanted = JSON.stringify(card);
    async function analyse(inputs: readonly NetworkPixels[], asked: { readonly maps: boolean }): Promise<EngineReply> {
      const running = engine();
      await requireEngine(running);
      if (inUse !== wanted) await running.use(card, weightsPath);
      inUse = wanted;
      return running.analyse(inputs, asked);
    }
    return createFilmReader(card, readUrgency(home), createBatchAnalysis({ analyse }, LARGEST_BATCH));
  }

  return {
    home,
    resources,
    jobs,
    decoder,
    models,
    runs,
    enginePack,
    checkGpu: (addon) => checkGpu(start, addon),
    startTraining: (job, onEvent) => startTraining(start, job, onEvent),
    engine,
    reader,
    close: async () => {
      await Promise.all([decoder.close(), host?.close()]);
    },
  };
}

/** Throws `engine/unavailable` where no backend passed. */
async function requireEngine(engine: EngineHost): Promise<void> {
  await engine.ready();
  const { state, message } = engine.status();
  if (state === 'failed') throw new AppError('engine/unavailable', message === '' ? 'No engine works here.' : message);
}
