/**
 * Gathers the films that wait for the network into batches: while one batch computes, the next ones are decoded, and
 * the network is never asked for less than what is ready. A film in whose batch the engine crashed is tried once
 * more, alone, so that one bad film can not take others with it.
 */
import { AppError, cancelled, toErrorBody, type ErrorCode } from '#main/contract/errors';
import type { NetworkPixels } from '#main/contract/networkFilm';
import type { EngineProtocol } from '#main/engine/protocol/protocol';

export type NetworkAnswer = {
  readonly probabilities: Float32Array;
  readonly maps: Float32Array | null;
  readonly backend: string;
  /** Time of the network for this film: its share of the batch. */
  readonly milliseconds: number;
};

export type EngineReply = Omit<EngineProtocol['analyse']['reply'], 'notice'>;

/** What is asked of an engine host here. */
export type BatchEngine = {
  readonly analyse: (inputs: readonly NetworkPixels[], options: { readonly maps: boolean }) => Promise<EngineReply>;
};

export type BatchAnalysis = {
  /** `input` is [224·224] display grey. Rejects with `task/cancelled` as soon as the signal says so. */
  readonly analyse: (
    input: NetworkPixels,
    options: { readonly maps: boolean; readonly signal?: AbortSignal | undefined },
  ) => Promise<NetworkAnswer>;
};

type Job = {
  readonly input: NetworkPixels;
  readonly maps: boolean;
  readonly resolve: (answer: NetworkAnswer) => void;
  readonly reject: (error: Error) => void;
  crashes: number;
};

/** Errors of the engine process, not of the film: the host replaces it, and the film deserves another try. */
const CRASHES: ReadonlySet<ErrorCode> = new Set(['engine/crashed', 'engine/out-of-memory']);
const TRIES = 2;

export function createBatchAnalysis(engine: BatchEngine, largestBatch: number): BatchAnalysis {
  const waiting: Job[] = [];
  let busy = false;

  function nextBatch(): Job[] {
    const first = waiting.shift();
    if (first === undefined) return [];
    if (first.crashes > 0) return [first];
    const others = waiting.findIndex((job) => job.crashes > 0);
    const fresh = others === -1 ? waiting.length : others;
    return [first, ...waiting.splice(0, Math.min(largestBatch - 1, fresh))];
  }

  async function work(): Promise<void> {
    if (busy) return;
    busy = true;
    for (let batch = nextBatch(); batch.length > 0; batch = nextBatch()) {
      try {
        await answerBatch(engine, batch);
      } catch (error) {
        const crashed = CRASHES.has(toErrorBody(error).code);
        for (const job of batch.toReversed()) {
          if (crashed && ++job.crashes < TRIES) waiting.unshift(job);
          else job.reject(error as Error);
        }
      }
    }
    busy = false;
  }

  return {
    analyse: (input, { maps, signal }) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(cancelled());
        // A signal outlives its films by far, so each film takes its listener away again.
        const settle = (): void => signal?.removeEventListener('abort', onAbort);
        const job: Job = {
          input,
          maps,
          crashes: 0,
          resolve: (answer) => (settle(), resolve(answer)),
          reject: (error) => (settle(), reject(error)),
        };
        function onAbort(): void {
          const place = waiting.indexOf(job);
          if (place !== -1) waiting.splice(place, 1);
          job.reject(cancelled());
        }
        signal?.addEventListener('abort', onAbort);
        waiting.push(job);
        // In the next turn, so that films that come together are one batch.
        setImmediate(() => void work());
      }),
  };
}

async function answerBatch(engine: BatchEngine, batch: readonly Job[]): Promise<void> {
  const inputs = batch.map(({ input }) => input);
  const reply = await engine.analyse(inputs, { maps: batch.some(({ maps }) => maps) });
  const milliseconds = reply.milliseconds / batch.length;
  batch.forEach((job, index) => {
    const film = reply.films[index];
    if (film === undefined) return job.reject(new AppError('internal/unexpected', 'The engine left out a film.'));
    const maps = job.maps ? film.maps : null;
    job.resolve({ probabilities: film.probabilities, maps, backend: reply.backend, milliseconds });
  });
}
