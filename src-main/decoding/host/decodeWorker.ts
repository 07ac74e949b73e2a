/**
 * One decode process, watched from outside: a file can hang a codec or fill the memory, and neither can be stopped
 * from within. Time and memory are checked while it works; over the limit it is killed, and its request fails.
 */
import { createCaller, type Child, type Protocol, type StartChild } from '#main/channel/channel';
import { AppError, isCancelled, toErrorBody } from '#main/contract/errors';
import type { DecodeProtocol } from '#main/decoding/protocol/protocol';
import { residentBytes } from './residentBytes';

export type DecodeLimits = {
  readonly memoryLimitBytes: number;
  readonly timeLimitMs: number;
};

export type DecodeWorker = {
  /** One request at a time. Settles at once when cancelled, though the process may still be at it: see `free`. */
  request<Name extends keyof DecodeProtocol>(
    name: Name,
    argument: DecodeProtocol[Name]['argument'],
    signal?: AbortSignal,
  ): Promise<DecodeProtocol[Name]['reply']>;
  /** Resolves when the process is done with everything: true where it may be given its next request. */
  free(): Promise<boolean>;
  /** Ends the process; an open request fails with `reason`. */
  kill(reason: AppError): void;
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>;
};

const MEMORY_CHECK_MS = 100;

export function startDecodeWorker(start: StartChild, limits: DecodeLimits): DecodeWorker {
  const { memoryLimitBytes } = limits;
  const child = start('decode');
  const caller = createCaller<DecodeProtocol & Protocol>(child);
  let alive = true;
  /** The process may still be at a request that was cancelled. */
  let isBehind = false;

  function kill(reason: AppError): void {
    if (!alive) return;
    alive = false;
    caller.fail(reason);
    child.kill();
  }

  const gone = new Promise<void>((resolve) => {
    child.onExit((exitCode) => {
      alive = false;
      caller.fail(new AppError('decode/crashed', 'The decode process ended while it read this file.', { exitCode }));
      resolve();
    });
  });

  async function request<Name extends keyof DecodeProtocol>(
    name: Name,
    argument: DecodeProtocol[Name]['argument'],
    signal?: AbortSignal,
  ): Promise<DecodeProtocol[Name]['reply']> {
    const stopWatching = watch(child, limits, kill);
    try {
      return await caller.request(name, argument, signal);
    } catch (error) {
      if (isCancelled(error)) isBehind = true;
      // A codec that trapped leaves its memory in an unknown state: the next film gets a fresh process.
      if (toErrorBody(error).details['fatal'] === true) kill(new AppError('decode/crashed', 'The codec crashed.'));
      throw error;
    } finally {
      stopWatching();
    }
  }

  async function free(): Promise<boolean> {
    if (!alive) return false;
    try {
      if (isBehind) await request('ready', null);
      isBehind = false;
      // WebAssembly never gives memory back: what one huge film took would be counted against the next ones.
      const bytes = await residentBytes(child.pid);
      if (bytes !== null && bytes > memoryLimitBytes / 2) kill(new AppError('decode/out-of-memory', 'Replaced.'));
    } catch {
      kill(new AppError('decode/crashed', 'The decode process did not come back.'));
    }
    return alive;
  }

  return { request, free, kill, gone };
}

/** Watches a process at work; returns what ends the watching. */
function watch(child: Child, limits: DecodeLimits, kill: (reason: AppError) => void): () => void {
  const { memoryLimitBytes, timeLimitMs } = limits;
  const timeout = setTimeout(() => {
    kill(new AppError('decode/timeout', `Reading the file took longer than ${timeLimitMs / 1000} seconds.`));
  }, timeLimitMs);
  const memoryCheck = setInterval(() => void checkMemory(), MEMORY_CHECK_MS);

  async function checkMemory(): Promise<void> {
    const bytes = await residentBytes(child.pid);
    if (bytes === null || bytes <= memoryLimitBytes) return;
    const limit = Math.round(memoryLimitBytes / 2 ** 20);
    kill(new AppError('decode/out-of-memory', `Reading the file took more than ${limit} MB of memory.`));
  }

  return () => {
    clearTimeout(timeout);
    clearInterval(memoryCheck);
  };
}
