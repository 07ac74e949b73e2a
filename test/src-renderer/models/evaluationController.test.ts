import { expect, it } from 'vitest';
import type { EvaluationReport, KeptEvaluation } from '#main/contract/evaluation';
import type { TaskId } from '#main/contract/ids';
import { EvaluationController } from '../../../src-renderer/models/evaluationController.svelte';
import { Notices } from '../../../src-renderer/shared/notices.svelte';
import { answerLater, createFakeApi } from '../fakeApi';
import { makeTask } from '../makeStudies';

const ARGUMENT = { id: 'demo', images: '/films', labels: '/labels.csv', prevalence: null };

function kept(measuredAt: string): KeptEvaluation {
  return { schema: 2, measuredAt, report: { n: 3 } as EvaluationReport };
}

it('has what was measured before a restart, and the new evaluation once its task is done', async () => {
  let last = kept('2026-01-01');
  const { api, push } = createFakeApi({
    evaluateModel: () => 'task-1' as TaskId,
    getEvaluation: () => last,
    saveEvaluation: () => '/report.html',
  });
  const evaluation = new EvaluationController(api, new Notices());
  const stop = evaluation.listen();
  await evaluation.show('demo');
  await evaluation.save();
  expect({ kept: evaluation.kept, saved: evaluation.savedTo }).toEqual({ kept: last, saved: '/report.html' });
  await evaluation.start(ARGUMENT);
  // What is there stays until there is something newer.
  expect({ task: evaluation.task, kept: evaluation.kept }).toEqual({ task: 'task-1', kept: last });
  last = kept('2026-01-02');
  push('taskChanged', makeTask('task-1', { kind: 'evaluate', state: 'done' }));
  await expect.poll(() => evaluation.kept).toBe(last);
  expect(evaluation.savedTo).toBeNull();
  stop();
});

it('never shows one model’s evaluation as another one’s', async () => {
  const slow = answerLater<KeptEvaluation>();
  const { api } = createFakeApi({ getEvaluation: ({ id }) => (id === 'slow' ? slow.promise : null) });
  const evaluation = new EvaluationController(api, new Notices());
  const first = evaluation.show('slow');
  await evaluation.show('demo');
  slow.answer(kept('2026-01-01'));
  await first;
  expect(evaluation.kept).toBeNull();
});

it('stays where it was saved when the next dialog is cancelled', async () => {
  const answers = ['/report.html', null];
  const { api } = createFakeApi({
    getEvaluation: () => kept('2026-01-01'),
    saveEvaluation: () => answers.shift() ?? null,
  });
  const evaluation = new EvaluationController(api, new Notices());
  await evaluation.save();
  expect({ saved: evaluation.savedTo, answers: answers.length }).toEqual({ saved: null, answers: 2 });
  await evaluation.show('demo');
  await evaluation.save();
  await evaluation.save();
  expect(evaluation.savedTo).toBe('/report.html');
});
