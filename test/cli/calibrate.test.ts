import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ModelCard } from '#main/contract/card';
import type { CalibrationReport } from '#main/workflows/calibrateModel';
import { FIXTURES, hilum, makeFolder } from './hilum';

const folder = await makeFolder();
const FIXTURE = join(FIXTURES, 'evaluation');
const PREDICTIONS = ['--predictions', join(FIXTURE, 'predictions.csv.gz'), '--bootstraps', '200'];
const LABELS = join(FIXTURE, 'labels.csv.gz');

async function card(): Promise<ModelCard> {
  return JSON.parse((await hilum(folder, 'models', 'show', 'demo', '--json')).stdout) as ModelCard;
}

async function calibrate(...args: string[]) {
  return hilum(folder, 'models', 'calibrate', 'demo', ...args);
}

describe('hilum models calibrate', () => {
  it('fits on half of the patients, reports on the others, keeps it in the card, and takes it back', async () => {
    // The same films as those of a site of its own: the demonstration knows none of these patients.
    const labels = join(folder, 'site.csv');
    const [header, ...rows] = gunzipSync(readFileSync(LABELS)).toString('utf8').trim().split('\n');
    const patient = header!.split(',').indexOf('Patient ID');
    const renamed = rows.map((row) => row.split(',').map((cell, index) => (index === patient ? `s${cell}` : cell)));
    await writeFile(labels, `${[header, ...renamed.map((row) => row.join(','))].join('\n')}\n`);

    const before = await card();
    const { code, stdout } = await calibrate(...PREDICTIONS, '--labels', labels, '--data', 'Site', '--json');
    const report = JSON.parse(stdout) as CalibrationReport;
    expect({ code, method: report.method, data: report.fittedOn.data }).toEqual({
      ...{ code: 0, method: 'platt', data: 'Site' },
    });
    expect(report.fittedOn.films + report.reportedOn.films).toBe(2000);
    expect(report.fittedOn.patients + report.reportedOn.patients).toBe(561);
    expect(report.leftAsTheyAre).toContain('Hernia');
    for (const { before: was, after: is, fittedOn, reportedOn } of report.findings) {
      expect(Math.min(fittedOn.positives, reportedOn.positives)).toBeGreaterThanOrEqual(10);
      for (const figures of [was, is]) {
        expect(figures.brierLow).toBeLessThan(figures.brier!);
        expect(figures.brierHigh).toBeGreaterThan(figures.brier!);
        expect(figures.eceHigh).toBeGreaterThan(figures.eceLow!);
      }
    }

    const after = await card();
    expect(after.calibration).toMatchObject({ fittedOn: report.fittedOn });
    expect(Object.keys(after.calibration!.findings)).toEqual(report.findings.map(({ finding }) => finding));
    const platt = after.calibration!.findings['Effusion']!;
    const cutoff = before.cutoffs!.values['Effusion']!;
    const logit = Math.log(cutoff / (1 - cutoff));
    const expected = platt.method === 'platt' ? 1 / (1 + Math.exp(-(platt.slope * logit + platt.intercept))) : NaN;
    expect(after.cutoffs!.values['Effusion']).toBeCloseTo(expected, 6);
    expect(after.cutoffs!.values['Hernia']).toBe(before.cutoffs!.values['Hernia']);

    expect((await calibrate(...PREDICTIONS, '--labels', labels)).stderr).toContain('calibrated already');
    expect((await calibrate('--undo')).code).toBe(0);
    expect(await card()).toEqual(before);
    expect((await calibrate('--undo')).stderr).toContain('This site has not calibrated demo.');
  }, 60_000);

  it('refuses films of patients whom the model was trained on', async () => {
    const { stderr } = await calibrate(...PREDICTIONS, '--labels', LABELS);
    expect(stderr).toContain('[label/leak]');
    expect((await card()).calibration ?? null).toBeNull();
  });
});
