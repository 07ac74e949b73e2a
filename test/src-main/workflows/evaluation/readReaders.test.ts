import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ReaderTruth } from '#main/contract/readerStudy';
import { DEFAULT_URGENCY_TIERS } from '#main/contract/findings';
import { evaluatePredictions, type EvaluationRequest } from '#main/workflows/evaluation/evaluatePredictions';
import { readReaderFiles } from '#main/workflows/evaluation/readReaders';
import { reportHtml } from '#main/workflows/evaluation/reportHtml';
import { NO_PICTURES } from '#main/workflows/evaluation/reportPictures';
import { fixtureFile } from '#test/src-main/chexnet/evaluation/readFixture';

type Reference = {
  readonly findings: Readonly<
    Record<
      string,
      {
        readonly tied: readonly number[];
        readonly truths: Readonly<
          Record<ReaderTruth | 'pairs', Readonly<Record<'values' | 'low' | 'high', readonly number[] | undefined>>>
        >;
      }
    >
  >;
};

/** Of scikit-learn and NumPy: see test/fixtures/evaluation/ORIGIN.md. */
const reference = JSON.parse(readFileSync(fixtureFile('readers.json'), 'utf8')) as Reference;
const READERS = fixtureFile('readers.csv');

const REQUEST: EvaluationRequest = {
  predictions: fixtureFile('reader-predictions.csv'),
  labels: null,
  readers: await readReaderFiles([READERS]),
  ...{
    paired: null,
    leaveOutTrained: false,
    validation: null,
    rule: 'fixed:0.35',
    byView: false,
    prevalence: null,
    tiers: DEFAULT_URGENCY_TIERS,
    bootstraps: 100,
    seed: 1,
  },
};

const folder = await mkdtemp(join(tmpdir(), 'hilum-readers-'));

describe('a reader study', () => {
  it('has the F1 of each reader and of the model that scikit-learn gives, with intervals of 10,000 draws of patients', async () => {
    const started = performance.now();
    const { readers: study, source } = await evaluatePredictions(REQUEST);
    expect(performance.now() - started).toBeLessThan(60_000);
    expect(source.labels).toBe('the majority of the readers');
    expect(study).toMatchObject({ readers: ['Ann', 'Bob', 'Cem', 'Dora'], n: 420, patients: 300, unmatched: 0 });
    expect(study?.bootstrap).toEqual({ count: 10_000, seed: 1, by: 'patient' });
    expect(Object.keys(study!.findings)).toEqual(['Pneumonia', 'Effusion']);
    for (const [finding, { tied, truths }] of Object.entries(reference.findings)) {
      const found = study!.findings[finding]!;
      expect(found.truths.majority.tied).toEqual(tied);
      for (const truth of ['eachReader', 'eachLabel', 'majority'] as const) {
        const { readers, mean, model, difference } = found.truths[truth];
        const rows = [...readers, mean, model].map(({ f1, f1Low, f1High }) => [f1, f1Low, f1High]);
        rows.push([difference.difference, difference.differenceLow, difference.differenceHigh]);
        const { values, low, high } = truths[truth];
        rows.forEach(([value, below, above], row) => {
          expect(value).toBeCloseTo(values![row]!, 12);
          // Two sets of 10,000 draws: the ends of intervals differ by a tenth of their width at most.
          if (low === undefined || high === undefined) return;
          const apart = 0.05 * (high[row]! - low[row]!);
          expect(Math.abs(below! - low[row]!)).toBeLessThan(apart);
          expect(Math.abs(above! - high[row]!)).toBeLessThan(apart);
        });
      }
      const { readers, model } = found.truths.eachReader;
      const pairs = [...readers, model].flatMap(({ against }) => against);
      expect(pairs).toHaveLength(16);
      pairs.forEach(({ f1, f1Low, f1High }, pair) => {
        const { values, low, high } = truths.pairs;
        expect(f1).toBeCloseTo(values![pair]!, 12);
        if (low === undefined || high === undefined) return;
        const apart = 0.05 * (high[pair]! - low[pair]!);
        expect(Math.max(Math.abs(f1Low! - low[pair]!), Math.abs(f1High! - high[pair]!))).toBeLessThan(apart);
      });
    }
  }, 120_000);

  it('takes a file of each reader as well, and tells what is not defined', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const table = (answers: string) =>
      `file,Mass,Nodule\n${names.map((name, film) => `${name},${answers[film]},0\n`).join('')}`;
    const files = ['One', 'Two', 'Three'].map((name) => join(folder, `${name}.csv`));
    await writeFile(files[0]!, table('1100'));
    await writeFile(files[1]!, table('1010'));
    await writeFile(files[2]!, table('1 01').replace(', ,', ',-1,'));
    const predictions = join(folder, 'predictions.csv');
    await writeFile(predictions, 'file,Mass,Nodule\na,0.9,0.1\nb,0.9,0.1\nc,0.1,0.1\nd,,0.1\n');
    const { readers } = await evaluatePredictions({
      ...{ ...REQUEST, predictions, rule: 'fixed:0.5' },
      readers: await readReaderFiles(files),
    });
    const { eachReader, majority } = readers!.findings['Mass']!.truths;
    expect(eachReader.model.against).toMatchObject([
      { truth: 'One', n: 3, positives: 2, f1: 1 },
      { truth: 'Two', n: 3, positives: 2, f1: 0.5 },
      { truth: 'Three', n: 2, positives: 1, f1: 1 },
    ]);
    // Without One: Two and Three agree on a, c and d are one against one; of b only Two says something.
    expect(majority.tied).toEqual([2, 1, 2]);
    expect(majority.model.against[0]).toMatchObject({ truth: 'majority of Two, Three', n: 2, positives: 1, f1: 2 / 3 });
    const { mean, difference } = readers!.findings['Nodule']!.truths.eachReader;
    expect([mean.f1, mean.f1Low, difference.difference]).toEqual([null, null, null]);
  });

  it('wants two readers, each of them once, who have seen the films', async () => {
    const attempt = async (readers: string[], labels: string | null = null) =>
      evaluatePredictions({ ...REQUEST, labels, readers: await readReaderFiles(readers) });
    const [one, nameless, others] = ['one', 'nameless', 'others'].map((name) => join(folder, `${name}.csv`));
    await writeFile(one!, 'file,Pneumonia\nfilm000,1\nfilm001,0\n');
    await writeFile(nameless!, 'file,reader,Pneumonia\nfilm000,Ann,1\nfilm001,,0\n');
    await writeFile(others!, 'file,reader,Pneumonia\nx,Ann,1\nx,Bob,0\n');
    await expect(attempt([one!])).rejects.toMatchObject({ code: 'usage/invalid' });
    await expect(attempt([nameless!])).rejects.toMatchObject({
      code: 'label/malformed',
      message: expect.stringContaining('in line 3') as string,
    });
    await expect(attempt([READERS, READERS])).rejects.toMatchObject({ code: 'label/conflict' });
    await expect(attempt([others!], one)).rejects.toMatchObject({ code: 'label/no-match' });
  });

  it('stands in the page, with the example marked as one', async () => {
    const page = reportHtml(await evaluatePredictions(REQUEST), {
      measuredAt: '2026-01-02T03:04:05.000Z',
      pictures: NO_PICTURES,
    });
    expect(page).toContain('Example of the form, not of this model: CheXNet (Rajpurkar et al. 2017, table 1)');
    expect(page).toContain('0.435 (0.387–0.481)');
    expect(page).toContain('majority');
    expect(page).not.toMatch(/NaN|undefined|\[object/);
  }, 60_000);
});
