import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { TaskId } from '#main/contract/ids';
import type { Task } from '#main/contract/task';
import { closeAbandonedTasks, listTasks, saveTask } from '#main/database/taskStore';
import { openTestDatabase } from './openTestDatabase';

function makeTask(id: string, changes: Partial<Task> = {}): Task {
  return {
    id: id as TaskId,
    kind: 'import',
    title: 'Importing',
    state: 'running',
    progress: { done: 1, total: null, phase: 'Reading', etaSeconds: null },
    counts: { ok: 1, known: 0, refused: 0, failed: 0 },
    error: null,
    cancellable: true,
    startedAt: `2024-01-0${id}T00:00:00.000Z`,
    endedAt: null,
    ...changes,
  };
}

test('the last state of each is listed, newest first, and only beginning and end are audited', () => {
  const db = openTestDatabase();
  for (const id of ['1', '2']) saveTask(db, { task: makeTask(id) });
  saveTask(db, { task: makeTask('1', { title: 'further' }) });
  const done = makeTask('1', { state: 'done', endedAt: '2024-01-03T00:00:00.000Z' });
  saveTask(db, { task: done });
  expect(listTasks(db, { limit: 10 })).toEqual([makeTask('2'), done]);
  expect(listTasks(db, { limit: 1 })).toEqual([makeTask('2')]);
  expect(db.all('SELECT action, subject FROM audit').map((row) => Object.values(row).join(' '))).toEqual([
    'task.running task/1',
    'task.running task/2',
    'task.done task/1',
  ]);
});

test('at start, tasks of processes that are no more have failed; those of a living one go on', () => {
  const db = openTestDatabase();
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  const saved = (id: string, processId: number, savedAt?: string): void => {
    saveTask(db, { task: makeTask(id) });
    db.run('UPDATE tasks SET process_id = :processId, saved_at = coalesce(:savedAt, saved_at) WHERE id = :id', {
      id,
      processId,
      savedAt: savedAt ?? null,
    });
  };
  saved('1', dead);
  saved('2', process.ppid);
  saved('3', process.pid);
  saved('4', process.ppid, '2001-01-01T00:00:00.000Z');
  saveTask(db, { task: makeTask('5', { state: 'done' }) });
  const closed = closeAbandonedTasks(db);
  expect(closed.map(({ id }) => id).sort()).toEqual(['1', '3', '4']);
  expect(closed[0]?.error?.message).toBe(`${closed[0]?.title} was not finished.`);
  const states = listTasks(db, { limit: 10 }).map(({ id, state, error, cancellable }) => [
    id,
    state,
    error?.code,
    cancellable,
  ]);
  expect(states.sort()).toEqual([
    ['1', 'failed', 'task/abandoned', false],
    ['2', 'running', undefined, true],
    ['3', 'failed', 'task/abandoned', false],
    ['4', 'failed', 'task/abandoned', false],
    ['5', 'done', undefined, true],
  ]);
});
