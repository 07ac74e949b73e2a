/** Starts a helper for a host, and knows its process: what Linux tells of it lies under /proc. */
import type { Child, StartChild } from '#main/channel/channel';
import { forkChild } from '#main/channel/forkChild';

export type WatchedStart = {
  readonly start: StartChild;
  /** Of the last one that was started. */
  readonly pid: () => number;
};

export function watchedStart(file: string, env: NodeJS.ProcessEnv): WatchedStart {
  let child: Child | null = null;
  return {
    start: () => (child = forkChild(file, env)),
    pid: () => child!.pid!,
  };
}
