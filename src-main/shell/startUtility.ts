/** Starts a helper as Electron's utilityProcess: its own heap, killable, and its crash costs nobody else. */
import { utilityProcess } from 'electron';
import type { Child } from '#main/channel/channel';

export function startUtility(file: string, serviceName: string, env: Record<string, string>): Child {
  const child = utilityProcess.fork(file, [], {
    serviceName,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  // `spawn` comes before any message is taken; `postMessage` queues until then. An exit without a spawn is a
  // failure to start, and arrives as `exit` too.
  return {
    get pid() {
      return child.pid;
    },
    post: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.once('exit', (code) => listener(code)),
    kill: () => killHard(child.pid, () => child.kill()),
  };
}

/** SIGTERM is not enough for a process that hangs in a codec. */
function killHard(pid: number | undefined, fallback: () => boolean): void {
  try {
    if (pid === undefined) fallback();
    else process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
