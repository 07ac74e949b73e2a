/**
 * Long work that a person can watch and cancel. A task lives here while it runs; each change is announced, and its
 * beginning and its end are kept in the database, so that a window opened later knows what became of it.
 */
import { randomUUID } from 'node:crypto';
import { cancelled, isCancelled, toErrorBody } from '#main/contract/errors';
import type { TaskId } from '#main/contract/ids';
import type { Task, TaskKind } from '#main/contract/task';

export type TaskCounts = Task['counts'];

/** What the running work tells of itself. */
export type TaskReporter = {
  readonly signal: AbortSignal;
  /** How many units there are: null while they are still being counted. */
  total(units: number | null): void;
  phase(phase: string): void;
  /** So many units are done, where they are too small to be told one by one. */
  done(units: number): void;
  /** One unit ended. */
  finished(how: keyof TaskCounts): void;
};

export type TaskList = {
  /** Starts the work at once; its end is seen in the events, never as a rejection. */
  run(kind: TaskKind, title: string, work: (reporter: TaskReporter) => Promise<void>): Task;
  get(id: TaskId): Task | null;
  running(): readonly Task[];
  /** False where no such task runs. */
  cancel(id: TaskId): boolean;
  /** Cancels all and waits for their ends. */
  close(): Promise<void>;
};

export type TaskListOptions = {
  /** Called with every change; at most ten times a second for progress alone. */
  readonly onChange: (task: Task) => void;
  readonly save: (task: Task) => Promise<unknown>;
  readonly now?: () => number;
};

/** Progress is announced no more often than this: a folder of thumbnails ends hundreds of units a second. */
const ANNOUNCE_EVERY_MS = 100;

type Running = { task: Task; readonly controller: AbortController; ended: Promise<void> };

export function createTaskList({ onChange, save, now = Date.now }: TaskListOptions): TaskList {
  const running = new Map<TaskId, Running>();

  function run(kind: TaskKind, title: string, work: (reporter: TaskReporter) => Promise<void>): Task {
    const startedAt = now();
    const entry: Running = {
      task: newTask(kind, title, startedAt),
      controller: new AbortController(),
      ended: Promise.resolve(),
    };
    running.set(entry.task.id, entry);
    const update = throttle(() => onChange(entry.task), now);
    const reporter: TaskReporter = {
      signal: entry.controller.signal,
      total: (total) => change(entry, { total }, startedAt, now(), update),
      phase: (phase) => change(entry, { phase }, startedAt, now(), update),
      done: (done) => change(entry, { done }, startedAt, now(), update),
      finished: (how) => {
        entry.task = { ...entry.task, counts: { ...entry.task.counts, [how]: entry.task.counts[how] + 1 } };
        change(entry, { done: entry.task.progress.done + 1 }, startedAt, now(), update);
      },
    };
    onChange(entry.task);
    entry.ended = (async () => {
      await save(entry.task);
      let failure: unknown = null;
      try {
        await work(reporter);
      } catch (error) {
        failure = error;
      }
      running.delete(entry.task.id);
      entry.task = endTask(entry.task, failure, entry.controller.signal.aborted, now());
      onChange(entry.task);
      await save(entry.task);
      // A database that is gone can keep no task; the work's own calls have failed with its error already.
    })().catch(() => undefined);
    return entry.task;
  }

  return {
    run,
    get: (id) => running.get(id)?.task ?? null,
    running: () => [...running.values()].map(({ task }) => task),
    cancel: (id) => {
      const entry = running.get(id);
      entry?.controller.abort();
      return entry !== undefined;
    },
    close: async () => {
      const entries = [...running.values()];
      for (const { controller } of entries) controller.abort();
      await Promise.all(entries.map(({ ended }) => ended));
    },
  };
}

function newTask(kind: TaskKind, title: string, startedAt: number): Task {
  return {
    id: randomUUID() as TaskId,
    kind,
    title,
    state: 'running',
    progress: { done: 0, total: null, phase: '', etaSeconds: null },
    counts: { ok: 0, known: 0, refused: 0, failed: 0 },
    error: null,
    cancellable: true,
    startedAt: new Date(startedAt).toISOString(),
    endedAt: null,
  };
}

function change(
  entry: Running,
  progress: Partial<Task['progress']>,
  startedAt: number,
  time: number,
  announce: () => void,
): void {
  const next = { ...entry.task.progress, ...progress };
  const etaSeconds = secondsLeft(next.done, next.total, (time - startedAt) / 1000);
  entry.task = { ...entry.task, progress: { ...next, etaSeconds } };
  announce();
}

/** From the mean speed so far; null before the first unit, and while the units are not counted. */
export function secondsLeft(done: number, total: number | null, elapsedSeconds: number): number | null {
  if (total === null || done === 0) return null;
  return Math.max(0, Math.round(((total - done) * elapsedSeconds) / done));
}

function endTask(task: Task, failure: unknown, aborted: boolean, time: number): Task {
  const stopped = isCancelled(failure) || (aborted && failure !== null);
  const state = failure === null ? 'done' : stopped ? 'cancelled' : 'failed';
  return {
    ...task,
    state,
    progress: { ...task.progress, etaSeconds: null },
    error: failure === null ? null : toErrorBody(stopped ? cancelled() : failure),
    cancellable: false,
    endedAt: new Date(time).toISOString(),
  };
}

/** Calls at once, then at most every ANNOUNCE_EVERY_MS; what falls between is told by the next call or by the end. */
function throttle(call: () => void, now: () => number): () => void {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const time = now();
    if (time - last < ANNOUNCE_EVERY_MS) return;
    last = time;
    call();
  };
}
