import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EvaluationReport, KeptEvaluation } from '#main/contract/evaluation';
import { readEvaluation, writeEvaluation } from '#main/database/evaluationStore';
import { makeFolder } from './openTestDatabase';

const KEPT: KeptEvaluation = { schema: 2, measuredAt: '2026-11-28T10:00:00Z', report: { n: 3 } as EvaluationReport };

test('the last evaluation of a model outlives the program', async () => {
  const folder = join(makeFolder(), 'evaluations');
  expect(await readEvaluation(folder, 'demo')).toBeNull();
  await writeEvaluation(folder, 'demo', { ...KEPT, measuredAt: 'before' });
  await writeEvaluation(folder, 'demo', KEPT);
  expect(await readEvaluation(folder, 'demo')).toEqual(KEPT);
  expect(await readEvaluation(folder, 'other')).toBeNull();
});

test.each(['{"schema":2,', JSON.stringify({ ...KEPT, schema: 1 }), JSON.stringify({ ...KEPT, report: null })])(
  'one that is damaged, or of another version, is not shown as something else: %s',
  async (text) => {
    const folder = makeFolder();
    await writeFile(join(folder, 'demo.json'), text);
    await expect(readEvaluation(folder, 'demo')).rejects.toMatchObject({ code: 'model/invalid' });
  },
);
