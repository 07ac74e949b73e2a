import { expect, it } from 'vitest';
import type { ComparedFilm, ModelsComparison } from '#main/contract/comparison';
import type { TaskId } from '#main/contract/ids';
import { ComparisonController } from '../../../src-renderer/models/comparisonController.svelte';
import { largestOf } from '../../../src-renderer/models/largestDifference';
import { Notices } from '../../../src-renderer/shared/notices.svelte';
import { createFakeApi } from '../fakeApi';
import { makeTask } from '../makeStudies';

const ARGUMENT = { first: 'a', second: 'b', images: '/films', labels: null };
const FOUND = { n: 3 } as ModelsComparison;

it('has the result when its task is done, and only then', async () => {
  let done = false;
  const { api, push, calls } = createFakeApi({
    compareModels: () => 'task-1' as TaskId,
    getComparison: () => (done ? FOUND : null),
  });
  const comparison = new ComparisonController(api, new Notices());
  const stop = comparison.listen();
  await comparison.start(ARGUMENT);
  expect({ task: comparison.task, result: comparison.result }).toEqual({ task: 'task-1', result: null });
  done = true;
  push('taskChanged', makeTask('task-2', { kind: 'compare', state: 'done' }));
  push('taskChanged', makeTask('task-1', { kind: 'compare', state: 'running' }));
  expect(calls.filter(({ name }) => name === 'getComparison')).toHaveLength(1);
  push('taskChanged', makeTask('task-1', { kind: 'compare', state: 'done' }));
  await expect.poll(() => comparison.result).toBe(FOUND);
  stop();
});

it('has the result of a task that ended before its number was known', async () => {
  const { api } = createFakeApi({ compareModels: () => 'task-1' as TaskId, getComparison: () => FOUND });
  const comparison = new ComparisonController(api, new Notices());
  await comparison.start(ARGUMENT);
  expect(comparison.result).toBe(FOUND);
});

it('names the finding that differs most, whoever is higher', () => {
  const probabilities = { Mass: [0.5, 0.4], Edema: [0.1, 0.6], Nodule: [0.9, 0.8] } as const;
  expect(largestOf({ probabilities } as unknown as ComparedFilm)).toEqual({
    ...{ finding: 'Edema', probabilities: [0.1, 0.6] },
  });
});
