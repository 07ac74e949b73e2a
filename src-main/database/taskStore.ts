/** Tasks, so that what was interrupted is seen after the next start. */
import { uptime } from 'node:os';
import type { Task } from '#main/contract/task';
import { isProcessAlive } from '#main/channel/processLife';
import { audit } from './audit';
import type { ReadableDb, Row, WritableDb } from './openDatabase';

/** To be called as often as a task changes; only its beginning and its end are audited. */
export function saveTask(db: WritableDb, { task }: { readonly task: Task }): null {
  const before = db.get('SELECT state FROM tasks WHERE id = :id', { id: task.id });
  db.run(
    `INSERT INTO tasks (id, state, started_at, saved_at, process_id, task)
     VALUES (:id, :state, :startedAt, :now, :process, :task)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, saved_at = excluded.saved_at,
       process_id = excluded.process_id, task = excluded.task`,
    {
      id: task.id,
      state: task.state,
      startedAt: task.startedAt,
      now: new Date().toISOString(),
      process: process.pid,
      task: JSON.stringify(task),
    },
  );
  if (before?.['state'] !== task.state) {
    audit(db, `task.${task.state}`, `task/${task.id}`, { kind: task.kind, code: task.error?.code ?? null });
  }
  return null;
}

/** Newest first. */
export function listTasks(db: ReadableDb, { limit }: { readonly limit: number }): Task[] {
  return db
    .all('SELECT task FROM tasks ORDER BY started_at DESC, id LIMIT :limit', { limit })
    .map((row) => JSON.parse(row['task'] as string) as Task);
}

/** To be called at start, before tasks are made: those of the other process, if it lives, are left alone. */
export function closeAbandonedTasks(db: WritableDb): Task[] {
  const abandoned = db.all("SELECT * FROM tasks WHERE state = 'running'").filter((row) => !mayStillRun(row));
  return abandoned.map((row) => {
    const before = JSON.parse(row['task'] as string) as Task;
    const error = { code: 'task/abandoned', message: `${before.title} was not finished.`, details: {} } as const;
    const task: Task = { ...before, state: 'failed', error, cancellable: false, endedAt: new Date().toISOString() };
    saveTask(db, { task });
    return task;
  });
}

/** Process ids are used again: by ourselves, and after the computer was restarted. */
function mayStillRun(row: Row): boolean {
  const startOfComputer = Date.now() - uptime() * 1000;
  if (row['process_id'] === process.pid || Date.parse(row['saved_at'] as string) < startOfComputer) return false;
  return isProcessAlive(String(row['process_id']));
}
