/** The database as the rest of Hilum sees it: a function for each request, answered by the database's own thread. */
import { Worker } from 'node:worker_threads';
import { AppError } from '#main/contract/errors';
import { createCaller } from '#main/channel/channel';
import { DATABASE_REQUESTS, type DatabaseProtocol, type DatabaseThreadProtocol } from './databaseApi';

export type DatabaseClient = {
  readonly [Name in keyof DatabaseProtocol]: (
    argument: DatabaseProtocol[Name]['argument'],
    signal?: AbortSignal,
  ) => Promise<DatabaseProtocol[Name]['reply']>;
};

export type DatabaseToOpen = {
  /** Its folder must exist. */
  readonly file: string;
  /** Who changes things: `window`, `command line`; stands in the audit rows. */
  readonly actor: string;
  /** The bundle of worker/main.ts. */
  readonly workerFile: string;
};

/**
 * Throws database/newer, database/corrupt, database/busy, database/read-only, disk/full. After a crash of the thread,
 * and after `close`, every request fails with database/crashed.
 */
export async function openDatabaseClient({ file, actor, workerFile }: DatabaseToOpen): Promise<DatabaseClient> {
  const worker = new Worker(workerFile, { name: 'database' });
  const caller = createCaller<DatabaseThreadProtocol>({
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => worker.on('message', listener),
  });
  worker.on('error', (error: Error) => {
    caller.fail(new AppError('database/crashed', 'The database thread crashed.', { reason: error.message }, error));
  });
  worker.on('exit', () => caller.fail(new AppError('database/crashed', 'The database thread has ended.')));
  try {
    await caller.request('open', { file, actor });
  } catch (error) {
    await worker.terminate();
    throw error;
  }
  const requests = DATABASE_REQUESTS.map((name) => [
    name,
    (argument: never, signal?: AbortSignal) => caller.request(name, argument, signal),
  ]);
  const client = Object.fromEntries(requests) as DatabaseClient;
  return {
    ...client,
    close: async (argument) => {
      try {
        return await caller.request('close', argument);
      } finally {
        await worker.terminate();
      }
    },
  };
}
