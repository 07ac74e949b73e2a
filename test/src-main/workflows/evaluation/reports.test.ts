import { describe, expect, it } from 'vitest';
import type { EvaluationReport } from '#main/contract/evaluation';
import { NOTICE } from '#main/contract/prediction';
import { evaluatePredictions } from '#main/workflows/evaluation/evaluatePredictions';
import { reportCsv } from '#main/workflows/evaluation/reportCsv';
import { reportHtml } from '#main/workflows/evaluation/reportHtml';
import { fixtureFile } from '#test/src-main/chexnet/evaluation/readFixture';
import { rowsOf } from '#test/cli/hilum';

const report = await evaluatePredictions({
  predictions: fixtureFile('predictions.csv.gz'),
  labels: fixtureFile('labels.csv.gz'),
  paired: fixtureFile('other-predictions.csv.gz'),
  ...{ validation: null, rule: 'budget:0.15', prevalence: 0.02, bootstraps: 100, seed: 1 },
});

describe('the page of an evaluation', () => {
  const page = reportHtml(report);

  it('needs nothing but itself, and runs nothing', () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|javascript:|\son\w+=/i);
    expect([...page.matchAll(/(?:src|href)=/g)]).toEqual([]);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/NaN|undefined|\[object/);
  });

  it('carries the notice, every finding with its figures, and what is known of the data', () => {
    expect(page.split(NOTICE).length).toBeGreaterThan(2);
    const { auroc, aurocLow, aurocHigh } = report.findings['Effusion']!;
    const words = `${auroc!.toFixed(3)} (${aurocLow!.toFixed(3)}–${aurocHigh!.toFixed(3)})`;
    expect(page).toContain(`Effusion: AUROC ${words}, n+ 242 of 2000`);
    expect(page).toContain('Hernia: no positive film, n+ 0 of 2000');
    expect(page).toContain(report.published.notComparable.replaceAll("'", '&#39;'));
    for (const { item } of report.checklist) expect(page).toContain(`<th scope="row">${item}</th>`);
    // Thirteen findings are defined: four plots each, and the one of all.
    expect(page.split('<svg ').length - 1).toBe(13 * 4 + 1);
  });

  it('shows names that strangers gave as text', () => {
    const name = `<img src=x onerror=alert(1)>"'&.png`;
    const film = { film: name, probability: 0.5, view: null, ageYears: null, sex: null };
    const hostile: EvaluationReport = {
      ...report,
      source: { ...report.source, predictions: name },
      findings: { ...report.findings, Effusion: { ...report.findings['Effusion']!, falseNegatives: [film] } },
      warnings: [name],
    };
    const hostilePage = reportHtml(hostile);
    expect(hostilePage).not.toContain('<img');
    expect(hostilePage.split('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;.png').length - 1).toBe(4);
  });
});

describe('the table of an evaluation', () => {
  it('has a row for each finding and group, with interval and positives, and no number where nothing is defined', () => {
    const rows = rowsOf(reportCsv(report));
    expect(rows.length).toBe(14 + 1 + 14 * report.subgroups.length);
    const effusion = rows.find(({ finding, group }) => finding === 'Effusion' && group === 'all')!;
    const { auroc, f1Low, cutoff } = report.findings['Effusion']!;
    expect(effusion).toMatchObject({ n: '2000', positives: '242', chexnet2017: '0.8638', notice: NOTICE });
    expect([effusion['auroc'], effusion['f1_low'], effusion['cutoff']].map(Number)).toEqual([auroc, f1Low, cutoff]);
    expect(rows.find(({ finding }) => finding === 'Hernia')).toMatchObject({
      ...{ positives: '0', undefined_reason: 'no positive film', auroc: '', auroc_low: '', f1: '' },
    });
    expect(rows.some((row) => Object.values(row).some((cell) => cell === 'NaN' || cell === 'null'))).toBe(false);
  });
});
