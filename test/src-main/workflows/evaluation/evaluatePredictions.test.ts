import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_URGENCY_TIERS, NIH_FINDINGS } from '#main/contract/findings';
import { NOTICE } from '#main/contract/prediction';
import { evaluatePredictions, type EvaluationRequest } from '#main/workflows/evaluation/evaluatePredictions';
import { comparedFindings, fixtureFile, readFixture } from '#test/src-main/chexnet/evaluation/readFixture';

const REQUEST: EvaluationRequest = {
  predictions: fixtureFile('predictions.csv.gz'),
  labels: fixtureFile('labels.csv.gz'),
  paired: null,
  validation: null,
  rule: 'f1',
  byView: false,
  prevalence: null,
  tiers: DEFAULT_URGENCY_TIERS,
  readers: null,
  leaveOutTrained: false,
  bootstraps: 200,
  seed: 1,
};

let folder = '';
/** The same films under other names, of other patients, the findings in another order: what they choose is known. */
let validation: { readonly predictions: string; readonly labels: string };

async function makeValidation() {
  const rows = async (name: string): Promise<string[][]> => {
    const text = gunzipSync(await readFile(fixtureFile(name))).toString();
    return text
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','));
  };
  const write = async (name: string, table: string[][]): Promise<string> => {
    await writeFile(join(folder, name), table.map((row) => row.join()).join('\n'));
    return join(folder, name);
  };
  const predictions = (await rows('predictions.csv.gz')).map(([key = '', ...scores], line) => {
    return [line === 0 ? key : `v${key}`, ...scores.reverse()];
  });
  const labels = (await rows('labels.csv.gz')).map(
    ([key = '', finding = '', visit = '', patient = '', ...more], line) => {
      return line === 0 ? [key, finding, visit, patient, ...more] : [`v${key}`, finding, visit, `9${patient}`, ...more];
    },
  );
  return { predictions: await write('predictions.csv', predictions), labels: await write('labels.csv', labels) };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hilum-evaluate-'));
  validation = await makeValidation();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the evaluation of a table of predictions', () => {
  it('has the figures of every finding, each with its interval and its positives', async () => {
    const report = await evaluatePredictions(REQUEST);
    const { n, patients, notice, findings, mean } = report;
    expect({ n, notice, findings: Object.keys(findings) }).toEqual({
      n: 2000,
      notice: NOTICE,
      findings: [...NIH_FINDINGS],
    });
    expect(patients).toBe(561);
    for (const { finding, expected } of comparedFindings()) {
      const row = findings[finding]!;
      expect(row).toMatchObject({ n: 2000, positives: expected.positives, undefinedReason: null });
      expect(row.auroc).toBeCloseTo(expected.auroc, 12);
      // Two roads to one interval: resampled patients, and Obuchowski's variance.
      const half = 1.96 * expected.clustered.standardError;
      expect(row.aurocHigh! - row.aurocLow!).toBeGreaterThan(1.2 * half);
      expect(row.aurocHigh! - row.aurocLow!).toBeLessThan(2.8 * half);
      for (const figure of ['auroc', 'averagePrecision', 'brier', 'f1', 'sensitivity', 'specificity'] as const) {
        expect(row[`${figure}Low`]).toBeLessThanOrEqual(row[figure]!);
        expect(row[`${figure}High`]).toBeGreaterThanOrEqual(row[figure]!);
      }
      expect(row.cutoffN).toBeLessThan(1200);
      expect(row.flags).toBe(
        Math.round(row.sensitivity! * row.cutoffPositives) +
          Math.round((1 - row.specificity!) * (row.cutoffN - row.cutoffPositives)),
      );
    }
    const aurocs = comparedFindings().map(({ expected }) => expected.auroc);
    expect(mean.findings).toBe(13);
    expect(mean.auroc).toBeCloseTo(aurocs.reduce((sum, auroc) => sum + auroc, 0) / 13, 12);
  });

  it('says of a finding without a positive film that nothing is defined', async () => {
    const { findings, subgroups } = await evaluatePredictions({ ...REQUEST, bootstraps: 100 });
    expect(findings['Hernia']).toMatchObject({
      n: 2000,
      positives: 0,
      undefinedReason: 'no positive film',
      ...{ auroc: null, aurocLow: null, aurocHigh: null, delong: null, averagePrecision: null },
      ...{ cutoff: null, f1: null, sensitivity: null, specificity: null, roc: [], precisionRecall: [] },
    });
    expect(subgroups.map(({ by, group, n }) => [by, group, n])).toEqual([
      ['sex', 'female', expect.any(Number)],
      ['sex', 'male', expect.any(Number)],
      ['age', 'under 18', expect.any(Number)],
      ['age', '18 to 39', expect.any(Number)],
      ['age', '40 to 64', expect.any(Number)],
      ['age', '65 and over', expect.any(Number)],
      ['view', 'AP', expect.any(Number)],
      ['view', 'PA', expect.any(Number)],
    ]);
    for (const by of ['sex', 'age', 'view']) {
      const films = subgroups.filter((group) => group.by === by).reduce((sum, { n }) => sum + n, 0);
      expect(films).toBe(2000);
    }
  });

  it('is the same for the same seed, and another for another', async () => {
    const [first, again, other] = await Promise.all(
      [1, 1, 2].map((seed) => evaluatePredictions({ ...REQUEST, bootstraps: 100, seed })),
    );
    expect(again).toEqual(first);
    expect(other!.findings['Effusion']!.auroc).toBe(first!.findings['Effusion']!.auroc);
    expect(other!.findings['Effusion']!.aurocLow).not.toBe(first!.findings['Effusion']!.aurocLow);
  });

  it('compares two models on the same films', async () => {
    const paired = fixtureFile('other-predictions.csv.gz');
    const { comparison, cutoffs } = await evaluatePredictions({ ...REQUEST, paired, bootstraps: 100 });
    expect(cutoffs.chosenOn!.n + cutoffs.reportedOn.n).toBe(2000);
    expect({ n: comparison?.n, patients: comparison?.patients }).toEqual({ n: 2000, patients: 561 });
    for (const { finding, expected } of comparedFindings()) {
      const { auroc, delong } = expected;
      const pair = comparison!.findings[finding]!;
      expect(pair.difference).toBeCloseTo(auroc - delong.otherAuroc, 12);
      expect(pair.pByFilm! / delong.p).toBeCloseTo(1, 6);
      expect(pair.differenceLow).toBeLessThanOrEqual(pair.difference!);
      expect(pair.differenceHigh).toBeGreaterThanOrEqual(pair.difference!);
    }
    expect(comparison!.findings['Hernia']).toMatchObject({ positives: 0, difference: null, p: null });
  });

  it('re-weights PPV and NPV to a stated prevalence, with intervals', async () => {
    const there = 242 / 2000;
    const request = { ...REQUEST, validation, bootstraps: 100 };
    const [same, rare] = await Promise.all(
      [there, 0.01].map((prevalence) => evaluatePredictions({ ...request, prevalence })),
    );
    // At the prevalence of the films themselves nothing changes.
    const { ppv, npv, atPrevalence } = same!.findings['Effusion']!;
    expect(atPrevalence!.ppv).toBeCloseTo(ppv!, 12);
    expect(atPrevalence!.npv).toBeCloseTo(npv!, 12);
    const reweighted = rare!.findings['Effusion']!.atPrevalence!;
    for (const figure of ['ppv', 'npv'] as const) {
      expect(reweighted[`${figure}Low`]).toBeLessThan(reweighted[figure]!);
      expect(reweighted[`${figure}High`]).toBeGreaterThan(reweighted[figure]!);
    }
    expect(reweighted.ppv).toBeLessThan(ppv!);
    expect(rare!.findings['Hernia']!.atPrevalence).toMatchObject({ ppv: null, ppvLow: null, npv: null });
  });

  it('takes cut-offs that other films have chosen, and reports them on all', async () => {
    const report = await evaluatePredictions({ ...REQUEST, validation, rule: 'budget:0.15', bootstraps: 100 });
    expect(report.cutoffs).toMatchObject({ rule: 'alarm budget 15 %', reportedOn: { n: 2000 } });
    expect(report.findings['Effusion']!.cutoffN).toBe(2000);
    expect(report.rules[0]).toMatchObject({ rule: 'alarm budget 15 %', n: 2000 });
    expect(report.rules[0]!.parts).toHaveLength(1);
    expect(Math.abs(report.rules[0]!.normalsFlagged! - 0.15)).toBeLessThan(0.02);
    // They choose the rules beside it and fit the calibrations too.
    expect(report.rules.map(({ n, parts }) => [n, parts.length])).toEqual(report.rules.map(() => [2000, 1]));
    expect(new Set(report.calibration.map(({ fittedOn, reportedOn }) => `${fittedOn.n} ${reportedOn.n}`))).toEqual(
      new Set(['2000 2000']),
    );
    for (const { finding, fittedOn, reportedOn } of report.calibration) {
      expect([finding, fittedOn.positives]).toEqual([finding, reportedOn.positives]);
    }
    for (const rule of report.rules) {
      for (const figure of ['normalsFlagged', 'filmsFlagged', 'abnormalWithCorrectFlag', 'flagsPerFilm'] as const) {
        expect(rule[`${figure}Low`]).toBeLessThanOrEqual(rule[figure]!);
        expect(rule[`${figure}High`]).toBeGreaterThanOrEqual(rule[figure]!);
      }
    }
  });

  it('refuses cut-offs that patients of the test would choose, and names them', async () => {
    const shared = { predictions: REQUEST.predictions, labels: null };
    await expect(evaluatePredictions({ ...REQUEST, validation: shared })).rejects.toMatchObject({
      code: 'label/leak',
      message: expect.stringMatching(/^Patients of the test are in .*: 152, 171, .* more \(in lines /) as string,
    });
  });

  it('judges each half with the cut-offs of the other one where rules are compared', async () => {
    const { rules, cutoffs, findings } = await evaluatePredictions({ ...REQUEST, rule: 'budget:15%', bootstraps: 100 });
    expect(rules.map(({ rule }) => rule)).toEqual([
      ...['alarm budget 15 %', '0.5 for every finding', 'Youden', 'maximum F1', '95 % specificity'],
      ...['98 % specificity', '90 % sensitivity', 'alarm budget 15 %, AP and PA apart'],
    ]);
    for (const rule of rules) {
      const [first, second] = rule.parts;
      expect(rule.n).toBe(2000);
      expect(first!.n + second!.n).toBe(2000);
      expect(first!.n).toBe(cutoffs.reportedOn.n);
      const flagged = first!.normalsFlagged! * first!.normals + second!.normalsFlagged! * second!.normals;
      expect(rule.normalsFlagged).toBeCloseTo(flagged / rule.normals, 12);
      // Every film of these says its view: both together are all.
      expect(rule.views.map(({ view, n, normals }) => [view, n, normals])).toEqual([
        ['AP', 773, 336],
        ['PA', 1227, 783],
      ]);
      const byView = rule.views.reduce((sum, view) => sum + view.normalsFlagged! * view.normals, 0);
      expect(rule.normalsFlagged).toBeCloseTo(byView / rule.normals, 12);
    }
    const alarms = (name: string): number[] =>
      rules.find(({ rule }) => rule === name)!.views.map(({ normalsFlagged }) => normalsFlagged!);
    const [common, apart] = [alarms('alarm budget 15 %'), alarms('alarm budget 15 %, AP and PA apart')];
    expect(common[0]! - common[1]!).toBeGreaterThan(Math.abs(apart[0]! - apart[1]!));
    // A finding's own row stays with the half that its cut-off was not chosen on.
    expect(findings['Effusion']!.cutoffNormals).toBe(cutoffs.reportedOn.normals);
  });

  it('judges the films of a view by its own cut-offs, with the figures that counting gives', async () => {
    const request = { ...REQUEST, validation, rule: 'youden', byView: true, bootstraps: 100 };
    const { views, findings, cutoffs, subgroups } = await evaluatePredictions(request);
    expect(cutoffs.rule).toBe('Youden, AP and PA apart');
    expect(views.map(({ view, n, chosenOn, reason }) => [view, n, chosenOn?.n, reason])).toEqual([
      ['AP', 773, 773, null],
      ['PA', 1227, 1227, null],
    ]);
    const set = readFixture();
    for (const { view, findings: rows, normals, normalsFlagged } of views) {
      const own = [...set.films.keys()].filter((film) => set.films[film]!.view === view);
      const isFlagged = (finding: string, film: number): boolean =>
        set.probabilities[set.findings.indexOf(finding)]![film]! >= (rows[finding]!.cutoff ?? 2) - 5e-7;
      for (const [finding, row] of Object.entries(rows)) {
        const labels = set.labels[set.findings.indexOf(finding)]!;
        const [positives, negatives] = [1, 0].map((label) => own.filter((film) => labels[film] === label));
        expect([row.n, row.positives]).toEqual([own.length, positives!.length]);
        if (row.cutoff === null) continue;
        const flaggedOf = (films: readonly number[]): number => films.filter((film) => isFlagged(finding, film)).length;
        if (positives!.length > 0) expect(row.sensitivity).toBe(flaggedOf(positives!) / positives!.length);
        expect(row.specificity).toBeCloseTo(1 - flaggedOf(negatives!) / negatives!.length, 12);
        expect(row.own).toBe(positives!.length >= 10);
        expect(row.cutoff).toBe(row.own ? findings[finding]!.cutoffsByView[view] : findings[finding]!.cutoff);
        // The subgroups are judged as the films are.
        const group = subgroups.find(({ by, group: name }) => by === 'view' && name === view)!;
        expect(group.findings[finding]!.specificity).toBe(row.specificity);
      }
      const clear = own.filter((film) => set.labels.every((column) => column[film] === 0));
      expect(normals).toBe(clear.length);
      const flagged = clear.filter((film) => set.findings.some((finding) => isFlagged(finding, film)));
      expect(normalsFlagged).toBe(flagged.length / clear.length);
    }
  });

  it('says of a view that has too few films that it takes the common cut-offs, and why', async () => {
    const { views, findings } = await evaluatePredictions({ ...REQUEST, rule: 'budget:0.05', byView: true });
    const [ap] = views;
    expect(ap!.reason).toMatch(/^5 % of its \d+ normal films are \d alarms/);
    expect(ap!.findings['Effusion']).toMatchObject({ own: false, cutoff: findings['Effusion']!.cutoff });
    const { views: common } = await evaluatePredictions({ ...REQUEST, bootstraps: 100 });
    expect(common.map(({ reason }) => reason)).toEqual([
      ...Array<string>(2).fill('one cut-off for all views was asked for'),
    ]);
  });

  it('takes no cut-offs by view where there is nothing to choose', async () => {
    await expect(evaluatePredictions({ ...REQUEST, rule: 'fixed:0.5', byView: true })).rejects.toMatchObject({
      code: 'usage/invalid',
    });
  });

  it('has an interval for every figure that has a value', async () => {
    const paired = fixtureFile('other-predictions.csv.gz');
    const report = await evaluatePredictions({ ...REQUEST, paired, prevalence: 0.02, bootstraps: 100 });
    const { findings, mean, rules, calibration, subgroups, confounders, comparison } = report;
    const rows = [
      ...Object.values(findings).flatMap((row) => [row, row.atPrevalence!]),
      ...rules.flatMap((rule) => [rule, ...Object.values(rule.split), ...rule.views]),
      ...report.views.flatMap((view) => [view, ...Object.values(view.findings)]),
      ...calibration.flatMap(({ before, after }) => [before, after]),
      ...subgroups.flatMap((group) => [group, ...Object.values(group.findings)]),
      ...[...confounders, ...Object.values(comparison!.findings), comparison!.mean, mean],
    ] as readonly Readonly<Record<string, unknown>>[];
    const figures = rows.flatMap((row) =>
      Object.keys(row).flatMap((name) =>
        `${name}Low` in row ? [[row[name], row[`${name}Low`], row[`${name}High`]]] : [],
      ),
    ) as (readonly (number | null)[])[];
    const defined = figures.filter(([value]) => value !== null);
    expect(defined.length).toBeGreaterThan(900);
    const lonely = defined.filter(([, low, high]) => low === null || high === null);
    // Of a group with films of one positive patient, or with a share that few draws define.
    expect(lonely.length / defined.length).toBeLessThan(0.03);
    for (const [, low, high] of defined) expect((low ?? 0) <= (high ?? 1)).toBe(true);
    const plain = rows.flatMap((row) =>
      Object.entries(row).flatMap(([name, value]) =>
        typeof value === 'number' && !Number.isInteger(value) && !/Low$|High$/.test(name) && !(`${name}Low` in row)
          ? [name]
          : [],
      ),
    );
    expect(new Set(plain)).toEqual(new Set(['cutoff', 'prevalence', 'p', 'pByFilm']));
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const work = evaluatePredictions({ ...REQUEST, bootstraps: 100_000 }, { signal: controller.signal });
    setTimeout(() => controller.abort(), 500);
    await expect(work).rejects.toMatchObject({ code: 'task/cancelled' });
  });

  it('says what is wrong with a file', async () => {
    await expect(evaluatePredictions({ ...REQUEST, predictions: 'not-there.csv' })).rejects.toMatchObject({
      code: 'file/not-found',
    });
    const labels = fixtureFile('ORIGIN.md');
    await expect(evaluatePredictions({ ...REQUEST, labels })).rejects.toMatchObject({
      code: expect.stringMatching(/^label\//) as string,
    });
  });
});
