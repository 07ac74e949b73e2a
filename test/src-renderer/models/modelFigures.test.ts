import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Acceptance, AcceptedFinding } from '#main/contract/acceptance';
import type { ModelCard } from '#main/contract/card';
import type { ModelEntry } from '#main/contract/model';
import { figuresSource, modelFigures } from '../../../src-renderer/models/modelFigures';

const card = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../resources/models/demo/card.json'), 'utf8'),
) as ModelCard;
const DEMO: ModelEntry = { id: 'demo', builtIn: true, active: true, card, problem: null, acceptance: null };

function tested(positives: number): AcceptedFinding {
  const difference = { otherAuroc: null, difference: null, differenceLow: null, differenceHigh: null, p: null };
  return { n: 300, positives, auroc: 0.8, aurocLow: 0.7, aurocHigh: 0.9, cutoff: 0.25, ...difference };
}

function acceptanceOf(weightsSha256: string): Acceptance {
  return {
    ...{ schema: 1, notice: '', model: { id: 'demo', version: '1', weightsSha256 }, comparedWith: null, backend: '' },
    ...{
      preprocessing: '',
      measuredAt: '',
      data: 'ours',
      films: 300,
      patients: 200,
      filmsWithoutPatient: 0,
      normals: 100,
      budget: 0.15,
    },
    ...{ flaggedShare: 0.15, rule: '', findings: { Effusion: tested(40), Hernia: tested(3) }, changed: [] },
    ...{ galleries: {}, warnings: [], signed: null },
  };
}

function figureOf(model: ModelEntry, finding: string): unknown {
  return modelFigures(model)?.find((figure) => figure.finding === finding);
}

it('shows what this site has measured, with its interval, and nothing for measured that rests on a few films', () => {
  const model = { ...DEMO, acceptance: acceptanceOf(card.weights.sha256) };
  const figure = { auroc: 0.8, interval: [0.7, 0.9], cutoff: 0.25, cutoffsByView: {} };
  expect([figureOf(model, 'Effusion'), figureOf(model, 'Hernia'), figuresSource(model)]).toEqual([
    { finding: 'Effusion', positives: 40, measured: true, ...figure },
    { finding: 'Hernia', positives: 3, measured: false, ...figure },
    'Measured here on 300 films of 200 patients (ours).',
  ]);
});

it('takes the card’s figures, without intervals, where the test was of other weights', () => {
  const model = { ...DEMO, acceptance: acceptanceOf('0'.repeat(64)) };
  expect(modelFigures(model)).toEqual(modelFigures(DEMO));
  const validation = card.evaluation?.validation;
  expect([figureOf(DEMO, 'Effusion'), figuresSource(DEMO)]).toEqual([
    {
      ...{ finding: 'Effusion', positives: 13, interval: null, measured: true },
      ...{ auroc: validation?.auroc['Effusion'], cutoff: card.cutoffs?.values['Effusion'] },
      cutoffsByView: {},
    },
    'From its card: 140 validation films, without intervals.',
  ]);
});
