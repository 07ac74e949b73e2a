import { expect, it } from 'vitest';
import { measureAcceptance } from '#main/chexnet/evaluation/measureAcceptance';
import type { ScoredFilms } from '#main/chexnet/evaluation/scoredFilms';

/** Ten films of ten patients, one finding: the last three have it. */
function films(scores: readonly number[], labels = [0, 0, 0, 0, 0, 0, 0, 1, 1, 1]): ScoredFilms {
  const about = { sex: null, ageYears: null, view: null, takenAt: null, original: null };
  return {
    findings: ['Effusion'],
    films: scores.map((_, film) => ({ key: `${film}.png`, ...about })),
    patients: Int32Array.from(scores.keys()),
    patientCount: scores.length,
    known: { patients: scores.length, filmsWithoutPatient: 0 },
    patientIds: scores.map((_, film) => `patient ${film}`),
    probabilities: [Float64Array.from(scores)],
    labels: [Int8Array.from(labels)],
  };
}

const NEW = [0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.5, 0.4, 0.7, 0.8];
const OLD = [0.01, 0.02, 0.03, 0.04, 0.05, 0.9, 0.06, 0.4, 0.7, 0.1];

it('cut-offs keep the budget of normal films, and every film whose flags change is named', () => {
  const { cutoffs, normals, flaggedShare, changed, findings, galleries } = measureAcceptance(films(NEW), {
    labelled: true,
    budget: 0.3,
    reading: { set: films(OLD), cutoffs: { Effusion: 0.3 } },
  });
  // Two of seven may be flagged: the film at 0.5, and of a patient to come what lies this side of the next one, at 0.06.
  expect(normals).toBe(7);
  expect(flaggedShare).toBeCloseTo(1 / 7, 12);
  expect(cutoffs['Effusion']).toBeGreaterThan(0.06);
  expect(cutoffs['Effusion']).toBeLessThanOrEqual(0.5);
  expect(changed).toEqual([
    { film: '5.png', gained: [], lost: ['Effusion'] },
    { film: '6.png', gained: ['Effusion'], lost: [] },
    { film: '9.png', gained: ['Effusion'], lost: [] },
  ]);
  // Films 7 to 9 have the finding and are flagged; film 6 has not, and is. A gallery is of the new cut-offs.
  expect(galleries['Effusion']).toMatchObject({
    falseNegatives: [],
    falsePositives: [{ film: '6.png', probability: 0.5 }],
  });
  // By hand: 20 of 21 pairs are ranked rightly by the new model, 18 of 21 by the old one.
  expect(findings['Effusion']).toMatchObject({ n: 10, positives: 3 });
  expect(findings['Effusion']!.auroc).toBeCloseTo(20 / 21, 12);
  expect(findings['Effusion']!.otherAuroc).toBeCloseTo(18 / 21, 12);
  expect(findings['Effusion']!.difference).toBeCloseTo(2 / 21, 12);
});

it('without labels the budget is one of all films, and there is no AUROC', () => {
  const unlabelled = films(NEW, new Array<number>(10).fill(0));
  const { normals, flaggedShare, findings, changed, galleries } = measureAcceptance(unlabelled, {
    labelled: false,
    budget: 0.35,
    reading: null,
  });
  expect({ normals, flaggedShare, changed, galleries }).toEqual({
    ...{ normals: null, flaggedShare: 0.2, changed: [], galleries: {} },
  });
  expect(findings['Effusion']).toMatchObject({ n: 0, positives: 0, auroc: null, difference: null });
});
