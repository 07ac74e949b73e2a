/** With the real decode and engine processes. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareOnFilms } from '#main/workflows/compareOnFilms';
import { COMPARISON_START, comparisonCsv } from '#main/workflows/comparisonCsv';
import { importModel } from '#main/workflows/importModel';
import { DEMO_WEIGHTS } from '#test/helpers/golden';
import { importExchanged, makeBench, makeFilms, type TestBench } from './makeBench';

const FILMS = 9;

let made: TestBench;
let images: string[];

beforeAll(async () => {
  made = await makeBench();
  images = [join(made.home, 'films')];
  await makeFilms(images[0]!, FILMS);
  await importExchanged(made);
}, 120_000);

afterAll(() => made.close());

async function writeLabels(rows: readonly string[]): Promise<string> {
  const file = join(made.home, 'labels.csv');
  await writeFile(file, `file,patient_id,Effusion,Mass\n${rows.join('\n')}\n`);
  return file;
}

describe('two models on the same films', { timeout: 120_000 }, () => {
  it('stand side by side: what is the same in both differs nowhere, what was exchanged does', async () => {
    // A patient with two films, and one film without labels.
    const rows = Array.from(
      { length: FILMS - 1 },
      (_, film) => `0${film}.png,p${film % 7},${film % 2},${film % 3 ? 0 : 1}`,
    );
    const labels = await writeLabels(rows);
    const progress = new Set<string>();
    const comparison = await compareOnFilms(
      made.bench,
      { modelIds: ['demo', 'exchanged'], images, labels },
      { onProgress: ({ model, done }) => progress.add(`${model} ${done}`) },
    );
    const { n, patients, filmsWithoutPatient, findings, films, models, warnings, changed } = comparison;
    expect([...progress]).toEqual(expect.arrayContaining([`demo ${FILMS}`, `exchanged ${FILMS}`]));
    expect({ n, ids: models.map(({ id }) => id), own: models.map((model) => model.ownFindings) }).toEqual({
      ...{ n: FILMS, ids: ['demo', 'exchanged'], own: [[], []] },
    });
    expect({ patients, filmsWithoutPatient }).toEqual({ patients: 7, filmsWithoutPatient: 1 });
    expect(findings['Effusion']).toMatchObject({ meanDifference: 0, largestDifference: 0, spearman: 1 });
    expect(findings['Effusion']!.labelled).toMatchObject({ n: FILMS - 1, positives: 4, difference: 0, p: 1 });
    expect(findings['Edema']!.labelled).toBeNull();
    for (const { probabilities } of films) {
      expect(probabilities['Mass']).toEqual(probabilities['Nodule']!.toReversed());
    }
    const { labelled } = findings['Mass']!;
    expect(labelled!.difference).toBeCloseTo(labelled!.auroc! - labelled!.otherAuroc!, 12);
    // The second one flags nothing, so that every film that the first one flags differs.
    expect(warnings).toContain('exchanged has no cut-offs: it flags nothing.');
    expect(films.map(({ flagged, flaggedByOne }) => [flaggedByOne[0], flagged[1]])).toEqual(
      films.map(({ flagged }) => [flagged[0], []]),
    );
    expect(changed).toBe(films.filter(({ flagged }) => flagged[0].length > 0).length);
    expect(changed).toBeGreaterThan(0);

    const lines = comparisonCsv(comparison).trimEnd().split('\n');
    expect(lines).toHaveLength(1 + FILMS);
    expect(lines[0]!.startsWith(`${COMPARISON_START},Atelectasis_first,Atelectasis_second,`)).toBe(true);
    const place = lines[0]!.split(',').indexOf('Mass_difference');
    const [first, second] = films[0]!.probabilities['Mass']!;
    expect(Number(lines[1]!.split(',')[place])).toBeCloseTo(first - second, 6);
  });

  it('share what findings they have in common; the others are named', async () => {
    const findings = ['Other', 'Mass', ...Array.from({ length: 12 }, (_, place) => `Output${place}`)];
    await importModel(made.bench.models, { file: DEMO_WEIGHTS, id: 'renamed', preset: 'chexnet', findings });
    const request = { modelIds: ['renamed', 'demo'], images, labels: null } as const;
    const comparison = await compareOnFilms(made.bench, request);
    expect(Object.keys(comparison.findings)).toEqual(['Mass']);
    // Neither a table nor a PNG knows a patient: they are not as many as the films.
    expect(comparison).toMatchObject({ n: FILMS, patients: null, filmsWithoutPatient: FILMS });
    expect(comparison.models[0].ownFindings).toEqual(findings.filter((finding) => finding !== 'Mass'));
    expect(comparison.models[1].ownFindings).toHaveLength(13);
    expect(comparison.findings['Mass']!.labelled).toBeNull();
  });

  it.each([
    [['demo', 'demo'], 'usage/invalid'],
    [['demo', 'none'], 'model/not-found'],
  ] as const)('%j is no comparison: %s', async (modelIds, code) => {
    await expect(compareOnFilms(made.bench, { modelIds, images, labels: null })).rejects.toMatchObject({ code });
  });

  it('stops when it is cancelled', async () => {
    const controller = new AbortController();
    const request = { modelIds: ['demo', 'exchanged'], images, labels: null } as const;
    const onProgress = (): void => controller.abort();
    const options = { signal: controller.signal, onProgress };
    await expect(compareOnFilms(made.bench, request, options)).rejects.toMatchObject({ code: 'task/cancelled' });
  });
});
