import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EvaluationReport } from '#main/contract/evaluation';
import type { ModelCard } from '#main/contract/card';
import { NOTICE } from '#main/contract/prediction';
import { ROOT } from '../../scripts/bundle.mjs';
import { FIXTURES, hilum, makeFolder, rowsOf } from './hilum';

const folder = await makeFolder();
/** The whole of NIH's table and a published replication's predictions, where they lie beside the checkout. */
const NIH = join(ROOT, '..', 'shared', 'data', 'nih-chestxray14');

const DEMO_CARD = join(ROOT, 'resources', 'models', 'demo', 'card.json');

const FIXTURE = join(FIXTURES, 'evaluation');
const TABLES = [
  ...['--predictions', join(FIXTURE, 'predictions.csv.gz'), '--labels', join(FIXTURE, 'labels.csv.gz')],
  ...['--bootstraps', '100'],
];

describe('hilum evaluate', () => {
  it('prints a table for people, and writes the page and the table of figures', async () => {
    const [page, table] = [join(folder, 'report.html'), join(folder, 'report.csv')];
    const first = await hilum(folder, 'evaluate', ...TABLES, '--html', page, '--csv', table);
    expect(first.code).toBe(0);
    expect(first.stderr).toContain(NOTICE);
    expect(first.stdout).toContain('2000 films of 561 patients. Intervals: 100 bootstraps by patient.');
    expect(first.stdout).toMatch(/^Effusion +242 +2000 +0\.899 \(0\.\d{3}–0\.\d{3}\)/m);
    expect(first.stdout).toMatch(/^Hernia +0 +2000 +no positive film/m);
    expect(await readFile(page, 'utf8')).toMatch(/^<!doctype html>[^]*<\/html>\n$/);
    expect(rowsOf(await readFile(table, 'utf8')).length).toBeGreaterThan(100);

    // A report is written over, anything else is not.
    expect((await hilum(folder, 'evaluate', ...TABLES, '--html', page)).code).toBe(0);
    const labels = join(folder, 'labels.csv');
    await writeFile(labels, 'file,Mass\n1.png,1\n');
    const refused = await hilum(folder, 'evaluate', ...TABLES, '--csv', labels);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('usage/invalid') as string });
    expect(await readFile(labels, 'utf8')).toBe('file,Mass\n1.png,1\n');
  }, 60_000);

  it("takes a triage's own table, and says how long positive films wait", async () => {
    const names = ['a', 'b', 'c', 'd'];
    const header = 'file,status,patient_id,study_datetime,view,age,sex,Effusion,Mass,model,weights_sha256,backend';
    const lines = names.map((name, day) =>
      [
        `${name}.png`,
        'ok',
        `P${day}`,
        `2026-01-0${day + 1}`,
        'PA',
        '60',
        'F',
        `0.${day + 1}`,
        '0.1',
        'm',
        'x',
        'wasm',
      ].join(),
    );
    const [triage, labels] = [join(folder, 'triage.csv'), join(folder, 'plain.csv')];
    await writeFile(triage, `${[header, ...lines].join('\n')}\n`);
    await writeFile(labels, `file,Effusion,Mass\n${names.map((name) => `${name},${name < 'c' ? 0 : 1},0\n`).join('')}`);
    const args = ['--predictions', triage, '--labels', labels, '--rule', 'fixed:0.35', '--validation', triage];
    const { code, stdout } = await hilum(folder, 'evaluate', ...args, '--json');
    const { findings, source, patients } = JSON.parse(stdout) as EvaluationReport;
    expect({ code, patients, model: source.model?.id, weights: source.model?.weightsSha256 }).toEqual({
      ...{ code: 0, patients: 4, model: 'm', weights: 'x' },
    });
    expect(findings['Effusion']).toMatchObject({ auroc: 1, n: 4, positives: 2, sensitivity: 0.5, specificity: 1 });
    // Two positive films are no measurement: they raise no priority, and the order stays that of time.
    expect(findings['Effusion']!.waiting).toEqual({
      ...{ positives: 2, films: 4, medianBeforeInTimeOrder: 2.5, medianBeforeInPriorityOrder: 2.5 },
      ...{ medianBeforeInTimeOrderLow: 1, medianBeforeInTimeOrderHigh: 3 },
      ...{ medianBeforeInPriorityOrderLow: 1, medianBeforeInPriorityOrderHigh: 3 },
    });
    expect(findings['Mass']).toMatchObject({ auroc: null, undefinedReason: 'no positive film' });

    // Of a model that is here it is known whom it was trained on.
    const { weights } = JSON.parse(await readFile(DEMO_CARD, 'utf8')) as ModelCard;
    await writeFile(
      triage,
      [header, ...lines, ''].join('\n').replaceAll(',m,x,', `,demo,${weights.sha256},`).replace('P0', '75'),
    );
    const refused = await hilum(folder, 'evaluate', ...args);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/trained .*: 75 \(in line 2\)/) as string });
    const others = await hilum(folder, 'evaluate', ...args, '--leave-out-trained', '--json');
    const left = JSON.parse(others.stdout) as EvaluationReport;
    expect([left.n, left.warnings[0]]).toEqual([3, expect.stringMatching(/by these numbers: 75\.$/)]);
  });

  it('judges films itself, with the cut-offs of the card, but none whom the model was trained on', async () => {
    const films = join(FIXTURES, 'golden', 'films', 'images-256');
    const labels = join(folder, 'golden.csv');
    const names = (await readdir(films)).filter((name) => name.endsWith('.png'));
    const rowsFor = (prefix: string) => names.map((name, index) => `${name},${prefix}${index},${index % 2}\n`).join('');
    await writeFile(labels, `file,patient,Effusion\n${rowsFor('site-')}`);
    const args = ['--model', 'demo', '--images', films, '--labels', labels, '--bootstraps', '100', '--json'];
    const page = join(folder, 'films.html');
    const { code, stdout } = await hilum(folder, 'evaluate', ...args, '--html', page);
    const report = JSON.parse(stdout) as EvaluationReport;
    const missed = report.findings['Effusion']!.falseNegatives;
    expect(missed[0]!.original).toMatchObject({ path: join(films, missed[0]!.film), entry: null });
    const pictures = [...(await readFile(page, 'utf8')).matchAll(/data:image\/jpeg;base64,([^"]+)"/g)];
    expect(pictures.length).toBeGreaterThan(missed.length - 1);
    // JPEG begins so.
    expect(pictures.every(([, base64]) => base64!.startsWith('/9j/'))).toBe(true);
    await hilum(folder, 'evaluate', ...args, '--html', page, '--no-pictures');
    expect(await readFile(page, 'utf8')).toContain('This page holds no pictures');
    expect({ code, n: report.n, model: report.source.model?.id, rule: report.cutoffs.rule }).toEqual({
      ...{ code: 0, n: names.length, model: 'demo' },
      rule: 'the card (95 % specificity on the validation films)',
    });
    expect(report.findings['Effusion']).toMatchObject({ n: names.length, cutoff: 0.244075 });

    // A picture has no header: its table tells laterals and children.
    await writeFile(
      labels,
      `file,patient,age,view,Effusion\n${names.map((name, index) => `${name},s${index},${index === 1 ? 9 : 50},${index === 0 ? 'Lateral' : 'PA'},${index % 2}\n`).join('')}`,
    );
    const frontal = JSON.parse((await hilum(folder, 'evaluate', ...args)).stdout) as EvaluationReport;
    expect(frontal.n).toBe(names.length - 1);
    expect(frontal.warnings).toEqual(
      expect.arrayContaining([
        '1 files got no numbers (film/lateral).',
        'Films of patients who are not from 18 to 130 years, whom the model is for, as the labels say: 1. They are measured too.',
      ]),
    );

    // The first film of the demonstration's training, under its own number.
    await writeFile(
      labels,
      `file,patient,Effusion\n${names.map((name, index) => `${name},75,${index % 2}\n`).join('')}`,
    );
    const refused = await hilum(folder, 'evaluate', ...args);
    expect(refused.stdout).toBe('');
    expect(refused.stderr).toMatch(/trained the model demo .*: 75 \(in lines .* \[label\/leak\]/);
  }, 120_000);

  it('wants probabilities or films, not both and not neither', async () => {
    const labels = ['--labels', join(FIXTURE, 'labels.csv.gz')];
    for (const args of [labels, [...TABLES, '--images', folder], [...TABLES, '--rule', 'median']]) {
      expect((await hilum(folder, 'evaluate', ...args)).code).toBe(2);
    }
  });

  it('measures a model beside readers, whose majority is the label where there is no other', async () => {
    const predictions = ['--predictions', join(FIXTURE, 'reader-predictions.csv'), '--bootstraps', '100'];
    const study = [...predictions, '--rule', 'fixed:0.35', '--readers', join(FIXTURE, 'readers.csv')];
    const { code, stdout, stderr } = await hilum(folder, 'evaluate', ...study);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('those of the readers') as string });
    expect(stdout).toMatch(/^Pneumonia, cut-off 0.350000/m);
    expect(stdout).toMatch(/^Ann +0\.\d{3} \(0\.\d{3}–0\.\d{3}\)( +0\.\d{3} \(0\.\d{3}–0\.\d{3}\)){2} /m);
    expect(stdout).toContain('Example of the form, not of this model');
    const report = JSON.parse((await hilum(folder, 'evaluate', ...study, '--json')).stdout) as EvaluationReport;
    expect(report.readers).toMatchObject({ n: 420, patients: 300, bootstrap: { count: 10_000 } });

    expect((await hilum(folder, 'evaluate', ...predictions)).stderr).toContain('[usage/invalid]');
    const none = await hilum(folder, 'evaluate', ...predictions, '--reviews');
    expect(none.stderr).toContain('No film has been reviewed yet.');
  }, 60_000);

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
