/** One life of the engine process: its requests, and a limit for each of them. */
import { createCaller, type StartChild } from '#main/channel/channel';
import type { ModelCard } from '#main/contract/card';
import { AppError } from '#main/contract/errors';
import type { NetworkPixels } from '#main/contract/networkFilm';
import type { EngineProtocol } from '#main/engine/protocol/protocol';

/** A model and where its weights lie. */
export type UsedModel = { readonly card: ModelCard; readonly weightsPath: string };

type Argument<Name extends keyof EngineProtocol> = EngineProtocol[Name]['argument'];
type Reply<Name extends keyof EngineProtocol> = Promise<EngineProtocol[Name]['reply']>;

export type EngineProcess = {
  readonly pid: number | undefined;
  probe(argument: Argument<'start'>): Reply<'start'>;
  load(model: UsedModel): Promise<void>;
  /** Loads the model first where another one was loaded last. */
  analyse(
    model: UsedModel,
    inputs: readonly NetworkPixels[],
    options: { readonly maps: boolean; readonly signal?: AbortSignal | undefined },
  ): Reply<'analyse'>;
  memory(): Reply<'memory'>;
  /** Fails what is open for this reason; settles when the process is gone. */
  kill(reason: AppError): Promise<void>;
};

/** Far beyond what a slow, busy machine needs: who takes longer hangs, and is replaced. */
const LIMIT_MS = 60_000;
const LIMIT_PER_FILM_MS = 20_000;

/** `onExit` is called once, however the process ended, before its open requests fail with `engine/crashed`. */
export function startEngineProcess(start: StartChild, onExit: () => void): EngineProcess {
  const child = start('engine');
  const caller = createCaller<EngineProtocol>(child);
  const gone = new Promise<void>((resolve) => {
    child.onExit(() => {
      onExit();
      caller.fail(new AppError('engine/crashed', 'The engine process ended while it worked. A new one is started.'));
      resolve();
    });
  });
  let loaded: UsedModel | null = null;

  async function limited<Value>(request: Promise<Value>, limitMs: number): Promise<Value> {
    const timer = setTimeout(() => child.kill(), limitMs);
    try {
      return await request;
    } finally {
      clearTimeout(timer);
    }
  }

  async function load(model: UsedModel): Promise<void> {
    if (loaded?.card === model.card && loaded.weightsPath === model.weightsPath) return;
    loaded = null;
    await limited(caller.request('load', model), LIMIT_MS);
    loaded = model;
  }

  return {
    get pid() {
      return child.pid;
    },
    probe: (argument) => {
      // The self-test may take the place of a model.
      loaded = null;
      return limited(caller.request('start', argument), LIMIT_MS);
    },
    load,
    analyse: async (model, inputs, { maps, signal }) => {
      await load(model);
      const argument = { weightsSha256: model.card.weights.sha256, inputs, maps };
      const limitMs = LIMIT_MS + inputs.length * LIMIT_PER_FILM_MS;
      return limited(caller.request('analyse', argument, signal), limitMs);
    },
    memory: () => caller.request('memory', {}),
    kill: (reason) => {
      caller.fail(reason);
      child.kill();
      return gone;
    },
  };
}
