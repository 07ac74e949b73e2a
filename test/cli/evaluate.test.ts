import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EvaluationReport } from '#main/contract/evaluation';
import { ROOT } from '../../scripts/bundle.mjs';
import { hilum, makeFolder, rowsOf } from './hilum';

const folder = await makeFolder();
/** The whole of NIH's table and a published replication's predictions, where they lie beside the checkout. */
const NIH = join(ROOT, '..', 'shared', 'data', 'nih-chestxray14');

describe('hilum evaluate', () => {
  it.skipIf(!existsSync(NIH))(
    'gives the AUROCs that the author of the reference predictions published, to 6 digits',
    async () => {
      const predictions = join(NIH, 'reference', 'test-predictions.csv.gz');
      const labels = join(NIH, 'Data_Entry_2017_v2020.csv.gz');
      const args = ['--predictions', predictions, '--labels', labels, '--bootstraps', '100', '--json'];
      const { code, stdout } = await hilum(folder, 'evaluate', ...args);
      const report = JSON.parse(stdout) as EvaluationReport;
      const published = rowsOf(await readFile(join(NIH, 'reference', 'test-aucs.csv'), 'utf8'));
      const rounded = (auroc: number | null | undefined): string => (auroc ?? Number.NaN).toFixed(6);
      expect({
        code,
        n: report.n,
        patients: report.patients,
        aurocs: Object.entries(report.findings).map(([finding, { auroc }]) => [finding, rounded(auroc)]),
      }).toEqual({
        code: 0,
        n: 22433,
        patients: 6187,
        aurocs: published.map(({ label, auc }) => [label, rounded(Number(auc))]),
      });
    },
    60_000,
  );
});
