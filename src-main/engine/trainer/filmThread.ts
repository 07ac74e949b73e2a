/**
 * Films are prepared in a thread of their own, two batches ahead of the step, which blocks its thread: the network
 * never waits for a film. The thread runs this same bundle.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { fromErrorBody, toErrorBody, type ErrorBody } from '#main/contract/errors';
import { openFilmPreparer, type FilmPreparer, type FilmRequest, type FilmSettings } from './prepareFilms';

type Reply = { readonly inputs: Float32Array<ArrayBuffer> } | { readonly error: ErrorBody };

export type FilmThread = {
  /** The inputs of each request, in their order. */
  readonly prepare: (requests: Iterable<FilmRequest>) => AsyncGenerator<Float32Array, void>;
  close(): Promise<void>;
};

const AHEAD = 2;

export function startFilmThread(settings: FilmSettings): FilmThread {
  const worker = new Worker(__filename, { workerData: settings });
  /** Replies come in the order of the requests. */
  const waiting: { resolve: (inputs: Float32Array) => void; reject: (error: Error) => void }[] = [];
  worker.on('message', (reply: Reply) => {
    const next = waiting.shift();
    if ('inputs' in reply) next?.resolve(reply.inputs);
    else next?.reject(fromErrorBody(reply.error));
  });
  let dead: Error | null = null;
  worker.on('error', (error: Error) => {
    dead = error;
    for (const { reject } of waiting.splice(0)) reject(error);
  });

  function ask(request: FilmRequest): Promise<Float32Array> {
    if (dead !== null) return Promise.reject(dead);
    const answer = new Promise<Float32Array>((resolve, reject) => waiting.push({ resolve, reject }));
    // It may fail while nobody looks: whoever takes its turn hears of it.
    answer.catch(() => undefined);
    worker.postMessage(request);
    return answer;
  }

  async function* prepare(requests: Iterable<FilmRequest>): AsyncGenerator<Float32Array, void> {
    const asked: Promise<Float32Array>[] = [];
    for (const request of requests) {
      asked.push(ask(request));
      if (asked.length > AHEAD) yield await asked.shift()!;
    }
    for (const answer of asked) yield await answer;
  }

  return { prepare, close: async () => void (await worker.terminate()) };
}

/** The thread's side; returns false in the main thread. */
export function serveFilmThread(): boolean {
  if (isMainThread || parentPort === null) return false;
  const port = parentPort;
  let preparer: FilmPreparer | null = null;
  port.on('message', (request: FilmRequest) => {
    try {
      preparer ??= openFilmPreparer(workerData as FilmSettings);
      const inputs = preparer.prepare(request) as Float32Array<ArrayBuffer>;
      port.postMessage({ inputs } satisfies Reply, [inputs.buffer]);
    } catch (error) {
      port.postMessage({ error: toErrorBody(error) } satisfies Reply);
    }
  });
  return true;
}
