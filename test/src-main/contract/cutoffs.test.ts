import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { findingCutoffs, ModelCardSchema, type ModelCard } from '#main/contract/card';
import { cutoffsByView, cutoffWords, viewOfCutoffs, type CutoffView } from '#main/contract/cutoffs';
import { ROOT } from '../../../scripts/bundle.mjs';

const demo = v.parse(
  v.pipe(v.string(), v.parseJson(), ModelCardSchema),
  readFileSync(join(ROOT, 'resources', 'models', 'demo', 'card.json'), 'utf8'),
);

const chosenOn = { data: 'ward', films: 300, patients: 250, positives: { Effusion: 60, Mass: 12, Edema: 9 } };
const card: ModelCard = {
  ...demo,
  cutoffs: {
    rule: 'alarm budget 15 %',
    values: { Effusion: 0.5, Mass: 0.4, Edema: 0.3 },
    chosenOn,
    byView: {
      AP: {
        values: { Effusion: 0.7, Mass: 0.6, Edema: 0.2 },
        // Nine masses are too few, and what was counted of Edema nobody says.
        chosenOn: { data: 'ward', films: 120, patients: 90, positives: { Effusion: 40, Mass: 9 } },
      },
    },
  },
};

function cutoffs(view: CutoffView | null) {
  const all = findingCutoffs(card, view);
  return ['Effusion', 'Mass', 'Edema', 'Hernia'].map((name) => {
    const { cutoff, measured, view: whose } = all.find(({ finding }) => finding === name)!;
    return [cutoff, measured, whose];
  });
}

describe('the cut-offs of a film', () => {
  it('are those of its view where they rest on ten positives of that view, else those common to all', () => {
    expect(cutoffs('AP')).toEqual([
      [0.7, true, 'AP'],
      [0.4, true, null],
      [0.3, false, null],
      [null, false, null],
    ]);
    const common = [
      [0.5, true, null],
      [0.4, true, null],
      [0.3, false, null],
      [null, false, null],
    ];
    expect([cutoffs('PA'), cutoffs(null)]).toEqual([common, common]);
    expect([...(['AP', 'PA', null] as const)].map((view) => viewOfCutoffs(findingCutoffs(card, view)))).toEqual([
      ...['AP', null, null],
    ]);
  });

  it('are told in words, the common one first', () => {
    const words = (finding: string, cutoff: number | null): string =>
      cutoffWords(cutoff, cutoffsByView(card.cutoffs!, finding), (value) => value.toFixed(2));
    expect([words('Effusion', 0.5), words('Mass', 0.4), words('Hernia', null)]).toEqual([
      ...['0.50 (AP 0.70)', '0.40', 'none'],
    ]);
  });
});

describe('a card', () => {
  it('holds without cut-offs of views, as all cards of before, and with them', () => {
    for (const each of [demo, card]) expect(v.parse(ModelCardSchema, structuredClone(each))).toEqual(each);
  });

  it.each([
    ['the films that chose them', { values: { Effusion: 0.7 } }],
    ['a common one', { values: { Hernia: 0.7 }, chosenOn }],
    ['a probability', { values: { Effusion: 1.2 }, chosenOn }],
  ])('has no cut-off of a view without %s', (_, own) => {
    const changed = { ...card, cutoffs: { ...card.cutoffs, byView: { AP: own } } };
    expect(v.safeParse(ModelCardSchema, changed).success).toBe(false);
  });
});
