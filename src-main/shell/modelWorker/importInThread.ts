/** Imports a model in a thread of its own, which ends with it. */
import { Worker } from 'node:worker_threads';
import { createCaller } from '#main/channel/channel';
import { AppError } from '#main/contract/errors';
import type { ModelWorkerProtocol } from './protocol';

/** Throws what importModel throws, and `internal/unexpected` where the thread dies. */
export async function importInThread(
  workerFile: string,
  argument: ModelWorkerProtocol['importModel']['argument'],
): Promise<void> {
  const worker = new Worker(workerFile, { name: 'model' });
  const caller = createCaller<ModelWorkerProtocol>({
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => worker.on('message', listener),
  });
  worker.on('error', (error: Error) => {
    caller.fail(new AppError('internal/unexpected', 'The import ended unexpectedly.', {}, error));
  });
  try {
    await caller.request('importModel', argument);
  } finally {
    await worker.terminate();
  }
}
