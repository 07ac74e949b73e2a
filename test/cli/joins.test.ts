/** Tables that name films by any of their names, with films that pydicom has written. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EvaluationReport } from '#main/contract/evaluation';
import { FIXTURES, hilum, makeFolder } from './hilum';

const FILMS = join(FIXTURES, 'joins');
const ROOT = '1.2.826.0.1.3680043.8.498.';

const folder = await makeFolder();
const labels = join(folder, 'labels.csv');
const validation = join(folder, 'validation.txt');
await writeFile(validation, '9\n');

type Plan = {
  readonly run: { readonly data: { readonly training: { readonly films: number; readonly patients: number } } };
  readonly plan: { readonly joinBy: string; readonly rowsWithoutFilm: { readonly lines: readonly number[] } };
};

async function plan(): Promise<Plan> {
  const args = ['--images', FILMS, '--labels', labels, '--validation-patients', validation, '--from', 'random'];
  const { stdout, stderr } = await hilum(folder, 'train', ...args, '--recipe', 'head', '--dry-run', '--json');
  expect(stderr).not.toContain('hilum:');
  return JSON.parse(stdout) as Plan;
}

async function evaluate(): Promise<EvaluationReport> {
  const args = ['--model', 'demo', '--images', FILMS, '--labels', labels, '--bootstraps', '100', '--json'];
  const { stdout } = await hilum(folder, 'evaluate', ...args);
  return JSON.parse(stdout) as EvaluationReport;
}

/** Of the instances and of the studies, with what programs add to them. */
const INSTANCES = [`${ROOT}2.11`, ` ${ROOT}2.112`, `${ROOT}2.13\0`, `${ROOT}2.14 `];
const STUDIES = [`${ROOT}101`, `${ROOT}1022`, `${ROOT}103 `];

describe('a table that names films by', { timeout: 60_000 }, () => {
  it.each([
    ['their names', 'file', ['file', 'IM0001', 'IM0002.DCM', 'im0003.dcm', 'IM0004.dcm']],
    ['Windows paths', 'file', ['Path', ...[1, 2, 3, 4].map((film) => `D:\\Export\\Study\\IM000${film}.DCM`)]],
    ['relative paths', 'file', ['filename', ...[1, 2, 3, 4].map((film) => `./joins/im000${film}`)]],
    ['absolute paths', 'file', ['File Path', ...[1, 2, 3, 4].map((film) => `/mnt/pacs/IM000${film}.dcm`)]],
    ['SOPInstanceUID', 'instance', ['SOPInstanceUID', ...INSTANCES]],
    ['StudyInstanceUID', 'study', ['StudyInstanceUID', ...STUDIES]],
    ['AccessionNumber', 'accession', ['AccessionNumber', 'ACC01', 'ACC002 ', 'ACC03']],
    ['accession numbers under another name', 'accession', ['ACCESSION_NO', 'ACC01', 'ACC002', 'ACC03']],
  ])('%s', async (_what, joinBy, [column, ...keys]) => {
    const isOfStudies = keys.length === 3;
    const found = isOfStudies ? [1, 0, 1] : [1, 1, 0, 1];
    const rows = keys.map((key, row) => `${key},${found[row]}`);
    await writeFile(labels, [`${column},Mass`, ...rows, `nobody,1`, ''].join('\n'));
    const { run, plan: planned } = await plan();
    expect(planned).toMatchObject({ joinBy, rowsWithoutFilm: { lines: [keys.length + 2] } });
    // 0007 and 7 are one patient.
    expect(run.data.training).toMatchObject({ films: 3, patients: 2, positives: { Mass: 2 } });
    const { n, findings, source } = await evaluate();
    expect([n, findings['Mass']!.positives, source.unscored]).toEqual([4, 3, 1]);
  });
});

it('two rows that disagree about one film end it, with file, lines and code', async () => {
  await writeFile(labels, `SOPInstanceUID,Mass\n${ROOT}2.11,1\n${ROOT}2.13,0\n${ROOT}2.11 ,0\n`);
  for (const command of [['train', '--dry-run'], ['evaluate']]) {
    const { code, stderr } = await hilum(folder, ...command, '--images', FILMS, '--labels', labels);
    expect(code).toBe(2);
    expect(stderr).toContain(`${labels}: Films have two rows that differ (in lines 2 and 4). [label/conflict]`);
  }
});
