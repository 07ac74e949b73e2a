/** Runs jobs one after the other, in the order in which they were asked for. */
import { cancelled } from '#main/contract/errors';

export type Queue = {
  /**
   * Rejects with `task/cancelled` as soon as the signal says so. A job that waits is then never run; one that runs
   * keeps its turn until it has heard of it.
   */
  add<Value>(job: () => Promise<Value>, signal?: AbortSignal): Promise<Value>;
};

export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();

  function add<Value>(job: () => Promise<Value>, signal?: AbortSignal): Promise<Value> {
    if (signal?.aborted === true) return Promise.reject(cancelled());
    return new Promise((resolve, reject) => {
      const leave = (): void => reject(cancelled());
      signal?.addEventListener('abort', leave, { once: true });
      const run = async (): Promise<void> => {
        if (signal?.aborted !== true) await job().then(resolve, reject);
        signal?.removeEventListener('abort', leave);
      };
      last = last.then(run);
    });
  }

  return { add };
}
