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

const UNKNOWN = new Array<null>(10).fill(null);
const NEW = [0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.5, 0.4, 0.7, 0.8];
const OLD = [0.01, 0.02, 0.03, 0.04, 0.05, 0.9, 0.06, 0.4, 0.7, 0.1];

it('cut-offs keep the budget of normal films, and every film whose flags change is named', () => {
  const { cutoffs, normals, flaggedShare, changed, findings, galleries } = measureAcceptance(films(NEW), {
    labelled: true,
    budget: 0.3,
    ...{ byView: false, readAs: UNKNOWN },
    reading: { set: films(OLD), cutoffs: { values: { Effusion: 0.3 } } },
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

/** 120 films each of AP and PA, 20 of either with an effusion; what is normal scores higher in AP. */
function ofBothViews(): ScoredFilms {
  const about = { sex: null, ageYears: null, takenAt: null, original: null };
  const at = Array.from({ length: 240 }, (_, film) => film);
  return {
    findings: ['Effusion'],
    films: at.map((film) => ({ key: `${film}.png`, view: film < 120 ? 'AP' : 'PA', ...about })),
    patients: Int32Array.from(at),
    patientCount: 240,
    known: { patients: 240, filmsWithoutPatient: 0 },
    patientIds: at.map((film) => `patient ${film}`),
    probabilities: [Float64Array.from(at, (film) => (film % 120) / 200 + (film < 120 ? 0.2 : 0))],
    labels: [Int8Array.from(at, (film) => Number(film % 120 >= 100))],
  };
}

it('either view keeps the budget with cut-offs of its own, and films are read by what their own header says', () => {
  const set = ofBothViews();
  const said = set.films.map(({ view }) => view as 'AP' | 'PA');
  const options = { labelled: true, budget: 0.2, byView: true };
  const common = { set, cutoffs: { values: { Effusion: 0.4 } } };
  const { cutoffs, views, flaggedShare, changed } = measureAcceptance(set, {
    ...{ ...options, readAs: said, reading: common },
  });
  // 200 normal films, 40 alarms: nearly all of them are of AP, whose scores lie 40 films higher.
  expect(views.map(({ view, films, normals, positives, reason }) => [view, films, normals, positives, reason])).toEqual(
    [
      ['AP', 120, 100, { Effusion: 20 }, null],
      ['PA', 120, 100, { Effusion: 20 }, null],
    ],
  );
  expect(views.map(({ flaggedByCommon }) => flaggedByCommon)).toEqual([0.39, 0]);
  // Of a patient to come the twentieth: of those that chose, nineteen.
  expect(views.map((view) => view.flaggedShare)).toEqual([0.19, 0.19]);
  expect(views[0]!.cutoffs['Effusion']! - views[1]!.cutoffs['Effusion']!).toBeCloseTo(0.2, 6);
  expect(flaggedShare).toBe(0.19);
  const byLabels = changed.map(({ film }) => Number.parseInt(film, 10));
  // 0.4 is film 40 of AP and film 80 of PA; their own begin at 81.
  expect(byLabels).toEqual([...Array.from({ length: 41 }, (_, film) => 40 + film), 200]);

  const silent = measureAcceptance(set, { ...options, readAs: said.map(() => null), reading: null });
  expect(silent.views).toEqual(views);
  expect(silent.flaggedShare).toBe(0.195);
  expect(measureAcceptance(set, { ...options, byView: false, readAs: said, reading: null }).views).toEqual([]);
  expect(cutoffs).toEqual(silent.cutoffs);
});

it('without labels the budget is one of all films, and there is no AUROC', () => {
  const unlabelled = films(NEW, new Array<number>(10).fill(0));
  const { normals, flaggedShare, findings, changed, galleries } = measureAcceptance(unlabelled, {
    labelled: false,
    ...{ budget: 0.35, byView: true, readAs: UNKNOWN },
    reading: null,
  });
  expect({ normals, flaggedShare, changed, galleries }).toEqual({
    ...{ normals: null, flaggedShare: 0.2, changed: [], galleries: {} },
  });
  expect(findings['Effusion']).toMatchObject({ n: 0, positives: 0, auroc: null, difference: null });
});
