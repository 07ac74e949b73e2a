/** The port of a helper process to whoever started it: Electron's utilityProcess, child_process, or a thread. */
import { isMainThread, parentPort as threadPort } from 'node:worker_threads';
import { AppError } from '#main/contract/errors';
import type { Port } from './channel';

type UtilityPort = {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
};

export function parentPort(): Port {
  const utility = (process as { parentPort?: UtilityPort }).parentPort;
  if (utility !== undefined) {
    return {
      post: (message) => utility.postMessage(message),
      onMessage: (listener) => utility.on('message', (event) => listener(event.data)),
    };
  }
  if (!isMainThread && threadPort !== null) {
    const port = threadPort;
    return {
      post: (message) => port.postMessage(message),
      onMessage: (listener) => port.on('message', listener),
    };
  }
  if (process.send === undefined) {
    throw new AppError('internal/unexpected', 'This file is a helper process of Hilum; it is not started by hand.');
  }
  // A terminal sends Ctrl-C to the whole group, but it is the parent's to end its helpers: one that dies by itself
  // would look like a crash.
  process.on('SIGINT', () => undefined);
  // A parent that died must not leave helpers behind.
  process.on('disconnect', () => process.exit(0));
  return {
    // A parent that is just gone is told by `disconnect`; without the callback it would be an exception too.
    post: (message) => void process.send?.(message, undefined, undefined, () => undefined),
    onMessage: (listener) => void process.on('message', listener),
  };
}
