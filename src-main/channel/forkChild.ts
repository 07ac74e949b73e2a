/** Starts a helper as a child process of Node: the command line, the tests and the benchmarks. */
import { fork, type ChildProcess } from 'node:child_process';
import type { Child } from './channel';

/** A helper that computes sees only at its end that its parent is gone: the parent takes them all along. */
const living = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

/** `advanced` serialisation carries typed arrays as they are. */
export function forkChild(file: string, env: NodeJS.ProcessEnv = process.env): Child {
  const child = fork(file, [], { serialization: 'advanced', env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  // Writing to a child that just died is reported through `exit`, not as an exception of its own.
  child.on('error', () => undefined);
  living.add(child);
  child.once('exit', () => living.delete(child));
  return {
    pid: child.pid,
    post: (message) => void (child.connected && child.send(message as object, () => undefined)),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.once('exit', (code) => listener(code)),
    kill: () => void child.kill('SIGKILL'),
  };
}
