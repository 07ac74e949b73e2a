/**
 * Keeps TensorFlow's threads apart. Some kernels, above all of virtual machines, wake threads that have rested on one
 * processor and leave them there for longer than a film takes: two threads were then no faster than one. Linux only,
 * by `taskset`, which every distribution has; elsewhere the system decides, as it did before.
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const THREADS = '/proc/self/task';

/** Null for one that has just ended. */
function threadName(thread: string): string | null {
  try {
    return readFileSync(join(THREADS, thread, 'comm'), 'utf8');
  } catch {
    return null;
  }
}

/**
 * Of this process, oldest first, without those that bear names of their own, as Node's do: TensorFlow's are called
 * what the thread is called that started them. None where the system does not tell.
 */
export function listThreads(): number[] {
  if (!existsSync(THREADS)) return [];
  const main = threadName(String(process.pid));
  return readdirSync(THREADS)
    .filter((thread) => threadName(thread) === main)
    .map(Number)
    .sort((a, b) => a - b);
}

/** Those that were started after `before` was listed. */
export function threadsSince(before: readonly number[]): number[] {
  return listThreads().filter((thread) => !before.includes(thread));
}

/** As Linux writes them: `0-3,8`. */
export function parseProcessors(list: string): number[] {
  return list
    .trim()
    .split(',')
    .flatMap((range) => {
      const [first = Number.NaN, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
}

/** Those that this process may use. */
function allowedProcessors(): number[] {
  const status = readFileSync('/proc/self/status', 'utf8');
  return parseProcessors(/^Cpus_allowed_list:(.*)$/m.exec(status)?.[1] ?? '0');
}

/** The processors in `count` hands, as cards are dealt: neighbours, which may share a core, to different ones. */
export function dealProcessors(processors: readonly number[], count: number): number[][] {
  return Array.from({ length: count }, (_, hand) => processors.filter((_processor, i) => i % count === hand));
}

/** Each thread to the processors of one hand, in turn. What can not be moved stays where it is. */
export async function spreadThreads(threads: readonly number[], hands: number): Promise<void> {
  const processors = threads.length === 0 ? [] : allowedProcessors();
  if (processors.length < hands) return;
  const dealt = dealProcessors(processors, hands);
  const moves = threads.map((thread, i) => run('taskset', ['-pc', dealt[i % hands]!.join(), String(thread)]));
  await Promise.allSettled(moves);
}
