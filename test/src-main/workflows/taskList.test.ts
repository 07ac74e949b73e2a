import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { AppError, cancelled } from '#main/contract/errors';
import type { Task } from '#main/contract/task';
import { createTaskList, secondsLeft, type TaskList } from '#main/workflows/taskList';

type Watched = { readonly tasks: TaskList; readonly changes: Task[]; readonly saved: Task[] };

function watchedList(now?: () => number): Watched {
  const changes: Task[] = [];
  const saved: Task[] = [];
  const tasks = createTaskList({
    onChange: (task) => changes.push(task),
    save: (task) => Promise.resolve(saved.push(task)),
    ...(now === undefined ? {} : { now }),
  });
  return { tasks, changes, saved };
}

describe('createTaskList', () => {
  it('announces beginning and end, and saves both', async () => {
    const { tasks, changes, saved } = watchedList(() => 1_000);
    const task = tasks.run('import', 'Import', (reporter) => {
      reporter.total(2);
      reporter.finished('ok');
      reporter.finished('failed');
      return Promise.resolve();
    });
    await tasks.close();
    const end = {
      ...task,
      state: 'done',
      progress: { done: 2, total: 2, phase: '', etaSeconds: null },
      counts: { ok: 1, known: 0, refused: 0, failed: 1 },
      cancellable: false,
      endedAt: '1970-01-01T00:00:01.000Z',
    };
    expect([changes[0], changes.at(-1)]).toEqual([task, end]);
    expect(saved).toEqual([task, end]);
    expect(tasks.running()).toEqual([]);
  });

  it('keeps the error of work that failed', async () => {
    const { tasks, saved } = watchedList();
    tasks.run('analyse', 'Analysis', () => Promise.reject(new AppError('disk/full', 'The disk is full.')));
    await wait(5);
    expect(saved.at(-1)).toMatchObject({ state: 'failed', error: { code: 'disk/full' } });
  });

  it('cancels by id: the work sees the signal, and the task ends as cancelled', async () => {
    const { tasks, saved } = watchedList();
    const task = tasks.run('import', 'Import', ({ signal }) => {
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(cancelled())));
    });
    await wait(1);
    expect([tasks.cancel(task.id), tasks.get(task.id)?.state]).toEqual([true, 'running']);
    await tasks.close();
    expect(saved.at(-1)).toMatchObject({ state: 'cancelled', error: { code: 'task/cancelled' } });
    expect(tasks.cancel(task.id)).toBe(false);
  });

  it('calls work that was done before the cancelling reached it done', async () => {
    const { tasks, saved } = watchedList();
    tasks.run('import', 'Import', () => wait(5));
    await tasks.close();
    expect(saved.at(-1)).toMatchObject({ state: 'done', error: null });
  });

  it('announces progress at most ten times a second, and the end always', async () => {
    let time = 0;
    const { tasks, changes } = watchedList(() => time);
    tasks.run('import', 'Import', (reporter) => {
      reporter.total(1000);
      for (let unit = 0; unit < 1000; unit++) {
        time += 1;
        reporter.finished('known');
      }
      return Promise.resolve();
    });
    await tasks.close();
    expect(changes.length).toBeLessThanOrEqual(13);
    expect(changes.at(-1)?.counts.known).toBe(1000);
  });
});

describe('secondsLeft', () => {
  it('is the rest at the mean speed so far', () => {
    expect([secondsLeft(10, 40, 5), secondsLeft(40, 40, 5)]).toEqual([15, 0]);
  });

  it('is unknown before the first unit, and while they are not counted', () => {
    expect([secondsLeft(0, 40, 5), secondsLeft(10, null, 5)]).toEqual([null, null]);
  });
});
