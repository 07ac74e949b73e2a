import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { ModelCardSchema, type ModelCard } from '#main/contract/card';
import { DEFAULT_URGENCY_TIERS, type UrgencyTiers } from '#main/contract/findings';
import { analyseFilm, answeredFor, createFilmReader } from '#main/workflows/analyseFilm';
import { ROOT } from '../../../scripts/bundle.mjs';

const demo = v.parse(
  v.pipe(v.string(), v.parseJson(), ModelCardSchema),
  readFileSync(join(ROOT, 'resources', 'models', 'demo', 'card.json'), 'utf8'),
);

/** What the network says of the film: 0.2 for every finding. */
function readerOf(card: ModelCard, tiers: UrgencyTiers) {
  const probabilities = new Float32Array(card.findings.length).fill(0.2);
  const answer = { probabilities, maps: null, backend: 'test', milliseconds: 1 };
  return createFilmReader(card, tiers, { analyse: () => Promise.resolve(answer) });
}

const FITTED_ON = { data: 'ward 3', films: 400, patients: 300, positives: { Effusion: 60 } };

async function judge(card: ModelCard, tiers = DEFAULT_URGENCY_TIERS, view = 'PA') {
  const film = [{ pixels: new Uint8Array(224 * 224) }] as unknown as Parameters<typeof analyseFilm>[1];
  const { prediction, priority, cutoffs } = await analyseFilm(readerOf(card, tiers), film, { maps: false, view });
  const { probabilities, receipt } = prediction;
  const of = (finding: string): number => probabilities[card.findings.indexOf(finding)]!;
  return {
    effusion: of('Effusion'),
    mass: of('Mass'),
    edema: of('Edema'),
    priority,
    cutoffs,
    receipt,
    cutoffSet: receipt.cutoffSet,
  };
}

describe('a film that is judged', () => {
  it('gets the probabilities that the calibration of the card makes, and its priority from them', async () => {
    const calibrated: ModelCard = {
      ...demo,
      calibration: {
        findings: {
          Effusion: { method: 'platt', slope: 2, intercept: 3 },
          Edema: { method: 'isotonic', from: [0.1, 0.3], to: [0, 0.5] },
        },
        fittedOn: FITTED_ON,
      },
      cutoffs: { rule: 'alarm budget 15 %', values: { Effusion: 0.5 } },
    };
    const judged = await judge(v.parse(ModelCardSchema, calibrated));
    // logit(0.2) = −ln 4, so its double and 3 are the logit 3 − ln 16.
    expect(judged.effusion).toBeCloseTo(1 / (1 + 16 / Math.exp(3)), 6);
    expect(judged.edema).toBeCloseTo(0.25, 6);
    expect(judged.mass).toBeCloseTo(0.2, 6);
    expect(judged.priority.leadingFinding).toBe('Effusion');
    expect(judged.cutoffSet).toBe('alarm budget 15 %; calibrated on ward 3');
  });

  it('keeps what the network says where the card has no calibration', async () => {
    const judged = await judge(demo);
    expect([judged.effusion, judged.edema, judged.cutoffSet]).toEqual([
      ...[Math.fround(0.2), Math.fround(0.2), '95 % specificity on the validation films'],
    ]);
  });

  it('is judged by the cut-offs of its view: the same probability is a flag in AP and none in PA', async () => {
    const ofView = (values: Record<string, number>) => ({
      values,
      chosenOn: { data: 'ward 3', films: 120, patients: 90, positives: { Effusion: 30 } },
    });
    const card = v.parse(ModelCardSchema, {
      ...demo,
      cutoffs: {
        rule: 'ours',
        values: { Effusion: 0.25, Mass: 0.19 },
        chosenOn: FITTED_ON,
        byView: { AP: ofView({ Effusion: 0.15 }), PA: ofView({ Effusion: 0.3 }) },
      },
    });
    const judged = await Promise.all(
      ['AP', 'AP SUPINE', 'PA', '', 'FRONTAL'].map((view) => judge(card, DEFAULT_URGENCY_TIERS, view)),
    );
    expect(
      judged.map(({ priority, receipt, cutoffs }) => [
        priority.leadingFinding,
        receipt.cutoffView,
        cutoffs.find(({ finding }) => finding === 'Effusion')?.cutoff,
        cutoffs.find(({ finding }) => finding === 'Mass'),
      ]),
    ).toEqual(
      [
        ['Effusion', 'AP', 0.15],
        ['Effusion', 'AP', 0.15],
        [null, 'PA', 0.3],
        [null, null, 0.25],
        [null, null, 0.25],
      ].map((row) => [...row, { finding: 'Mass', cutoff: 0.19, measured: false, view: null }]),
    );
  });

  it('gets the urgency of the site, whose name stands beside the cut-offs', async () => {
    const card = { ...demo, cutoffs: { rule: 'ours', values: { Effusion: 0.1, Cardiomegaly: 0.1 } } };
    const tiers = { ...DEFAULT_URGENCY_TIERS, Effusion: null, Cardiomegaly: 1 } as const;
    const judged = await judge(v.parse(ModelCardSchema, card), tiers);
    // e = logit(0.2) − logit(0.1) = ln(9/4).
    const excess = Math.log(9 / 4);
    expect(judged.priority).toMatchObject({
      leadingFinding: 'Cardiomegaly',
      reason: 'Cardiomegaly at or above its cut-off',
    });
    expect(judged.priority.value).toBeCloseTo(3 + excess / (1 + excess), 5);
    expect(judged.cutoffSet).toBe('ours; urgency of this site: Cardiomegaly 1, Effusion none');
  });

  it('is never judged with a calibration that does not say what it was fitted on, or that turns the order round', () => {
    const invalid = [
      { findings: { Effusion: { method: 'platt', slope: 2, intercept: 3 } } },
      { findings: { Effusion: { method: 'platt', slope: -1, intercept: 0 } }, fittedOn: FITTED_ON },
      { findings: { Effusion: { method: 'isotonic', from: [0.1, 0.3], to: [0.5, 0] } }, fittedOn: FITTED_ON },
      { findings: { Effusion: { method: 'isotonic', from: [0.1, 0.3], to: [0.5] } }, fittedOn: FITTED_ON },
    ];
    for (const calibration of invalid) {
      expect(v.safeParse(ModelCardSchema, { ...demo, calibration }).success).toBe(false);
    }
  });
});

it('whoever overrides a refusal answers for all of its reasons', () => {
  const override = { code: 'film/not-chest', reason: 'The header is wrong.' };
  const refusal = (details: Record<string, string>) => ({ code: 'film/not-chest', message: '', details }) as const;
  expect(answeredFor(refusal({}), override)).toEqual(override);
  expect(answeredFor(refusal({ besides: 'film/lateral, film/incomplete' }), override)).toEqual({
    ...override,
    code: 'film/not-chest, film/lateral, film/incomplete',
  });
});
