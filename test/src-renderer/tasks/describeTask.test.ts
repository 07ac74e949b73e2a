import { expect, it } from 'vitest';
import { describeEnd, describeProgress, taskFraction } from '../../../src-renderer/tasks/describeTask';
import { makeTask } from '../makeStudies';

it('says how far a task is, and that it is still counting', () => {
  const counting = makeTask('a', { progress: { done: 1234, total: null, phase: 'counting', etaSeconds: null } });
  const running = makeTask('a', { progress: { done: 30, total: 120, phase: 'analysing', etaSeconds: 75 } });
  const starting = makeTask('a', { kind: 'train', progress: { done: 0, total: null, phase: '', etaSeconds: null } });
  expect([starting, counting, running].map((task) => [describeProgress(task), taskFraction(task)])).toEqual([
    ['starting', null],
    ['1,234 found · counting', null],
    ['30 of 120 · analysing · 1 min left', 0.25],
  ]);
});

it('counts an installation in bytes', () => {
  const progress = { done: 103_000_000, total: 207_208_420, phase: 'downloading', etaSeconds: 20 };
  const unpacking = { done: 412_000_000, total: null, phase: 'unpacking', etaSeconds: null };
  expect([
    describeProgress(makeTask('a', { kind: 'install', progress })),
    describeProgress(makeTask('a', { kind: 'install', progress: unpacking })),
    describeProgress(makeTask('a', { kind: 'install', progress: { ...unpacking, done: 0, phase: 'restarting' } })),
    describeEnd(makeTask('a', { kind: 'install', state: 'done' })),
  ]).toEqual(['103 MB of 207 MB · downloading · 20 s left', '412 MB · unpacking', 'restarting', 'done']);
});

it('says how a task ended, with what did not go well', () => {
  const counts = { ok: 118, known: 2, refused: 0, failed: 1 };
  expect([
    describeEnd(makeTask('a', { state: 'done', counts })),
    describeEnd(makeTask('a', { state: 'cancelled' })),
    describeEnd(makeTask('a', { kind: 'analyse', state: 'failed', counts: { ...counts, known: 0 } })),
  ]).toEqual(['done: 118 imported, 2 known already, 1 failed', 'cancelled', 'failed: 118 analysed, 1 failed']);
});
