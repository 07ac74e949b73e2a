import { describe, expect, it, vi } from 'vitest';
import { Notices } from '../../../src-renderer/shared/notices.svelte';
import { TaskController } from '../../../src-renderer/tasks/taskController.svelte';
import { createFakeApi } from '../fakeApi';
import { makeTask } from '../makeStudies';

describe('TaskController', () => {
  it('takes a push that comes before the list as the newer truth', async () => {
    const fake = createFakeApi({ listTasks: () => [makeTask('a'), makeTask('b')] });
    const controller = new TaskController(fake.api, new Notices());
    controller.listen();
    fake.push('taskChanged', makeTask('a', { state: 'done' }));
    await vi.waitFor(() => expect(controller.tasks).toHaveLength(2));
    expect(controller.tasks.map(({ id, state }) => [id, state])).toEqual([
      ['b', 'running'],
      ['a', 'done'],
    ]);
  });

  it('tells of a task that fails once, and of a cancelled one not at all', () => {
    const notices = new Notices();
    const fake = createFakeApi({ listTasks: () => [] });
    new TaskController(fake.api, notices).listen();
    const error = { code: 'disk/full', message: 'No space left.', details: {} } as const;
    fake.push('taskChanged', makeTask('a'));
    fake.push('taskChanged', makeTask('a', { state: 'failed', error }));
    fake.push('taskChanged', makeTask('a', { state: 'failed', error }));
    const cancelled = { code: 'task/cancelled', message: '', details: {} } as const;
    fake.push('taskChanged', makeTask('b', { state: 'cancelled', error: cancelled }));
    expect(notices.list).toMatchObject([{ error, times: 1 }]);
  });
});
