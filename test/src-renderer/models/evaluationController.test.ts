import { expect, it } from 'vitest';
import type { EvaluationReport } from '#main/contract/evaluation';
import type { TaskId } from '#main/contract/ids';
import { EvaluationController } from '../../../src-renderer/models/evaluationController.svelte';
import { Notices } from '../../../src-renderer/shared/notices.svelte';
import { createFakeApi } from '../fakeApi';
import { makeTask } from '../makeStudies';

const ARGUMENT = { id: 'demo', images: '/films', labels: '/labels.csv', prevalence: null };
const FOUND = { n: 3 } as EvaluationReport;

it('has the report when its task is done, and forgets it with the next evaluation', async () => {
  let done = false;
  const { api, push } = createFakeApi({
    evaluateModel: () => 'task-1' as TaskId,
    getEvaluation: () => (done ? FOUND : null),
    saveEvaluation: () => '/report.html',
  });
  const evaluation = new EvaluationController(api, new Notices());
  const stop = evaluation.listen();
  await evaluation.start(ARGUMENT);
  expect({ task: evaluation.task, report: evaluation.report }).toEqual({ task: 'task-1', report: null });
  done = true;
  push('taskChanged', makeTask('task-1', { kind: 'evaluate', state: 'done' }));
  await expect.poll(() => evaluation.report).toBe(FOUND);
  await evaluation.save();
  expect(evaluation.savedTo).toBe('/report.html');
  done = false;
  await evaluation.start(ARGUMENT);
  expect({ report: evaluation.report, saved: evaluation.savedTo }).toEqual({ report: null, saved: null });
  stop();
});

it('stays where it was saved when the next dialog is cancelled', async () => {
  const answers = ['/report.html', null];
  const { api } = createFakeApi({
    evaluateModel: () => 'task-1' as TaskId,
    getEvaluation: () => FOUND,
    saveEvaluation: () => answers.shift() ?? null,
  });
  const evaluation = new EvaluationController(api, new Notices());
  await evaluation.save();
  expect({ saved: evaluation.savedTo, answers: answers.length }).toEqual({ saved: null, answers: 2 });
  await evaluation.start(ARGUMENT);
  await evaluation.save();
  await evaluation.save();
  expect(evaluation.savedTo).toBe('/report.html');
});
