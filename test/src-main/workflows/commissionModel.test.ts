/** With the real decode and engine processes, on films cut out of the sample films. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findingCutoffs } from '#main/contract/card';
import { activateModel } from '#main/workflows/activateModel';
import { commissionModel } from '#main/workflows/commissionModel';
import type { Workbench } from '#main/workflows/openWorkbench';
import { importExchanged, makeBench, makeFilms, RESOURCES, type TestBench } from './makeBench';

const FILMS = 52;

let made: TestBench;
let home: string;
let bench: Workbench;

beforeAll(async () => {
  made = await makeBench();
  ({ bench, home } = made);
  await makeFilms(join(home, 'films'), FILMS);
}, 120_000);

afterAll(() => made.close());

it('a model is tested beside the one that reads, and reads with the cut-offs of that test', async () => {
  await importExchanged(made);
  const labels = join(home, 'labels.csv');
  const rows = Array.from({ length: FILMS }, (_, film) => {
    // The last is of a patient whom the demonstration model was trained on.
    const patient = film === FILMS - 1 ? '75' : `p${film % 40}`;
    return `${String(film).padStart(2, '0')}.png,${patient},${film % 3 === 0 ? 1 : 0},0`;
  });
  await writeFile(labels, `file,patient_id,Effusion,Mass\n${rows.join('\n')}\n`);
  const request = {
    modelId: 'exchanged',
    images: [join(home, 'films')],
    labels,
    budget: 0.2,
    byView: true,
    data: 'cuttings',
  };
  const acceptance = await commissionModel(bench, request);

  const { films, patients, normals, comparedWith, findings, flaggedShare } = acceptance;
  const normalCount = rows.filter((row) => row.endsWith(',0,0')).length;
  expect({ films, patients, normals, with: comparedWith?.id }).toEqual({
    ...{ films: FILMS - 1, patients: 40, normals: normalCount, with: 'demo' },
  });
  expect(acceptance.warnings).toContain(
    'Left out are the films of a patient who trained a model, by these numbers: 75.',
  );
  expect(flaggedShare).toBeLessThanOrEqual(0.2);
  // The outputs of Effusion are the same in both.
  expect(findings['Effusion']).toMatchObject({ n: FILMS - 1, positives: 17, difference: 0, p: 1 });
  expect(findings['Effusion']!.otherAuroc).toBe(findings['Effusion']!.auroc);
  expect(findings['Mass']).toMatchObject({ positives: 0, auroc: null });
  expect(acceptance.changed.length).toBeGreaterThan(0);
  // What it is wrong about can be opened where it lies: the positives below the new cut-off, the least likely first.
  const { falseNegatives } = acceptance.galleries['Effusion']!;
  const probabilities = falseNegatives.map(({ probability }) => probability);
  expect(falseNegatives.length).toBeGreaterThan(0);
  expect(probabilities).toEqual(probabilities.toSorted((a, b) => a - b));
  expect(Math.max(...probabilities)).toBeLessThan(findings['Effusion']!.cutoff!);
  expect(falseNegatives[0]!.original?.path).toBe(join(home, 'films', falseNegatives[0]!.film));

  // Neither these pictures nor their labels say a view.
  expect(acceptance.views?.map(({ view, films: count, cutoffs: own }) => [view, count, own])).toEqual([
    ['AP', 0, {}],
    ['PA', 0, {}],
  ]);
  expect(acceptance.warnings.join(' ')).toContain('AP films have no cut-offs of their own: 0 of the films that chose');
  expect(acceptance.rule).toBe('alarm budget 20 % (normal films) on cuttings');

  await activateModel(bench, 'exchanged', { by: 'Dr Lang', reason: 'a test' });
  const { card } = await bench.reader();
  const cutoffs = findingCutoffs(card, 'AP');
  expect(card.cutoffs?.chosenOn).toMatchObject({ data: 'cuttings', films: FILMS - 1 });
  const [effusion, mass] = [cutoffs[2], cutoffs[4]];
  expect(effusion).toEqual({ finding: 'Effusion', cutoff: findings['Effusion']!.cutoff, measured: true, view: null });
  expect(mass).toEqual({ finding: 'Mass', cutoff: findings['Mass']!.cutoff, measured: false, view: null });
}, 240_000);

it('too few films are no test', async () => {
  const images = [join(RESOURCES, 'samples')];
  const request = { modelId: 'demo', images, labels: null, budget: 0.15, byView: true, data: 'samples' };
  await expect(commissionModel(bench, request)).rejects.toMatchObject({ code: 'usage/invalid' });
  expect(await bench.models.acceptance('demo')).toBeNull();
}, 120_000);
