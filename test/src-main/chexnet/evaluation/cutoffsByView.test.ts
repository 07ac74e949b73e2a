/** Cut-offs of AP and PA films beside scikit-learn's (test/fixtures/evaluation/ORIGIN.md), and by hand. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CUTOFF_VIEWS } from '#main/contract/cutoffs';
import { flagByView, planCutoffs } from '#main/chexnet/evaluation/cutoffPlan';
import { chooseByView, viewCutoffs, type ViewChoice } from '#main/chexnet/evaluation/cutoffsByView';
import { chooseCutoffs, parseRule } from '#main/chexnet/evaluation/cutoffRules';
import { splitHalves } from '#main/chexnet/evaluation/halves';
import { countPatients, rankFilms, type RankedFilms } from '#main/chexnet/evaluation/rankedFilms';
import { frontalViews, type ScoredFilms } from '#main/chexnet/evaluation/scoredFilms';
import { fixtureFile, readFixture } from './readFixture';

type Place = { readonly above: number; readonly upTo: number };
type Reference = {
  readonly views: Readonly<
    Record<
      'AP' | 'PA',
      {
        readonly films: number;
        readonly patients: number;
        readonly normals: number;
        readonly findings: Readonly<Record<string, { positives: number; youden: Place; f1: Place }>>;
        readonly tooRare: readonly string[];
      }
    >
  >;
};

const { views: reference } = JSON.parse(readFileSync(fixtureFile('views.json'), 'utf8')) as Reference;
const films = rankFilms(readFixture());

function choose(from: RankedFilms, name: string): ViewChoice[] {
  const rule = parseRule(name);
  return chooseByView(from, rule, chooseCutoffs(from, rule));
}

describe('the cut-offs of one view', () => {
  it.each(['youden', 'f1'] as const)('are where scikit-learn puts them on the films of that view: %s', (rule) => {
    for (const { view, films: own, positives, values, reason } of choose(films, rule)) {
      const expected = reference[view];
      expect({
        reason,
        films: own.films.length,
        patients: countPatients(films.set.patients, own.films),
        normals: own.normals.length,
      }).toEqual({ reason: null, films: expected.films, patients: expected.patients, normals: expected.normals });
      // What is too rare in the view has none, and no other finding is left out.
      expect(Object.keys(values).sort()).toEqual(Object.keys(expected.findings).sort());
      for (const [finding, { positives: count, [rule]: place }] of Object.entries(expected.findings)) {
        expect(positives[finding]).toBe(count);
        expect(values[finding]).toBeGreaterThan(place.above - 1e-6);
        expect(values[finding]).toBeLessThanOrEqual(place.upTo + 1e-6);
      }
      for (const finding of expected.tooRare) expect(values).not.toHaveProperty(finding);
    }
  });

  it('decide the flags of its films, and the common ones those of all others', () => {
    const rule = parseRule('youden');
    const common = chooseCutoffs(films, rule);
    const byView = viewCutoffs(chooseByView(films, rule, common));
    const { findings } = films.set;
    const values = Object.fromEntries(
      findings.flatMap((finding, index) => (common[index] === null ? [] : [[finding, common[index]!] as const])),
    );
    // Every tenth film does not say its view.
    const set: ScoredFilms = {
      ...films.set,
      films: films.set.films.map((film, at) => (at % 10 === 0 ? { ...film, view: null } : film)),
    };
    const flags = flagByView(set, { values, byView });
    const views = frontalViews(set);
    let ownDiffers = 0;
    for (const [index, finding] of findings.entries()) {
      for (const [film, view] of views.entries()) {
        const own = view === null ? undefined : byView?.[view]?.values[finding];
        const probability = Number(set.probabilities[index]![film]!.toFixed(6));
        const reached = (cutoff: number | undefined): number => Number(cutoff !== undefined && probability >= cutoff);
        expect(flags[index]![film]).toBe(reached(own ?? values[finding]));
        if (own !== undefined && reached(own) !== reached(values[finding])) ownDiffers++;
      }
    }
    expect(ownDiffers).toBeGreaterThan(500);
  });
});

/** `normals` normal films and 12 with an effusion, each of a patient of its own; all of one view. */
function filmsOf(view: string, normals: number, rareFlags: number): ScoredFilms {
  const count = normals + 12;
  const about = { sex: null, ageYears: null, takenAt: null, original: null };
  const at = Array.from({ length: count }, (_, film) => film);
  return {
    findings: ['Effusion', 'Hernia'],
    films: at.map((film) => ({ key: `${view}-${film}`, view, ...about })),
    patients: Int32Array.from(at),
    patientCount: count,
    known: { patients: count, filmsWithoutPatient: 0 },
    patientIds: [],
    // Normal films 0, 1, 2 … rise in Effusion; the first ones are those with a hernia's probability.
    probabilities: [
      Float64Array.from(at, (film) => (film < normals ? (film + 1) / 1000 : 0.9)),
      Float64Array.from(at, (film) => (film < rareFlags ? 0.8 : 0.1)),
    ],
    labels: [Int8Array.from(at, (film) => Number(film >= normals)), new Int8Array(count)],
  };
}

function joined(first: ScoredFilms, second: ScoredFilms): ScoredFilms {
  const patientCount = first.patientCount + second.patientCount;
  return {
    ...{ ...first, patientCount, films: [...first.films, ...second.films] },
    patients: Int32Array.from({ length: patientCount }, (_, patient) => patient),
    probabilities: first.probabilities.map((column, at) => Float64Array.of(...column, ...second.probabilities[at]!)),
    labels: first.labels.map((column, at) => Int8Array.of(...column, ...second.labels[at]!)),
  };
}

function flaggedNormals({ set, normals }: RankedFilms, cutoffs: readonly (number | undefined)[]): number {
  return normals.filter((film) =>
    cutoffs.some((cutoff, index) => cutoff !== undefined && set.probabilities[index]![film]! >= cutoff),
  ).length;
}

describe('an alarm budget of one view', () => {
  const rule = { kind: 'budget', share: 0.2 } as const;
  const chosen = (set: ScoredFilms): ViewChoice => choose(rankFilms(set), 'budget:0.2')[0]!;
  /** AP films, of which Hernia flags so many normal ones, and 300 normal PA films, of which it flags none. */
  const both = (normals: number, rareFlags: number): ScoredFilms =>
    joined(filmsOf('AP', normals, rareFlags), filmsOf('PA', 300, 0));

  it('leaves findings that are too rare in it their common cut-off, and takes what they flag off the others', () => {
    // 100 normal films: 20 may be flagged, 8 are by Hernia's common cut-off, so 12 are left for Effusion.
    const [ap, pa] = choose(rankFilms(both(100, 8)), 'budget:0.2');
    expect(Object.keys(ap!.values)).toEqual(['Effusion']);
    // Of a patient to come the twelfth lies this side of the next one (half a step): eleven of those that chose.
    expect(ap!.values['Effusion']).toBeGreaterThan(0.088);
    expect(ap!.values['Effusion']).toBeLessThanOrEqual(0.09);
    expect(flaggedNormals(ap!.films, [ap!.values['Effusion'], 0.5])).toBe(11 + 8);
    // All of the 60 are left for it there.
    expect(flaggedNormals(pa!.films, [pa!.values['Effusion'], 0.5])).toBe(59);
  });

  it.each([
    ['50 films are of the view', () => both(30, 0), '42 of the films'],
    [
      'the budget is 10 alarms',
      () => both(49, 0),
      '20 % of its 49 normal films are 9 alarms, and 10 must be left to the others',
    ],
    [
      'half of it is left by findings that are too rare',
      () => both(150, 16),
      'are 30 alarms, findings that are too rare in this view raise 16 of them, and 15 must be left to the others',
    ],
    [
      'a finding has 10 positives',
      () => {
        const set = both(100, 0);
        return { ...set, labels: set.labels.map((column) => column.map((label, film) => (film < 103 ? 0 : label))) };
      },
      'no finding has 10 films with it',
    ],
  ])('chooses none unless %s, and says so', (_, make, reason) => {
    const ap = chosen(make());
    expect(ap.values).toEqual({});
    expect(ap.reason).toContain(reason);
  });

  it('has just enough with 50 normal films at 20 %, and where half of it is left', () => {
    expect([both(50, 0), both(150, 15)].map((set) => chosen(set).reason)).toEqual([null, null]);
  });

  it('is kept in both views apart or in neither: the common cut-offs keep it over both together', () => {
    const [ap, pa] = choose(rankFilms(both(49, 0)), 'budget:0.2');
    expect([ap!.values, pa!.values]).toEqual([{}, {}]);
    expect(pa!.reason).toBe('AP films are too few for it, and a budget is kept in both views apart or in neither');
    expect(viewCutoffs([ap!, pa!])).toBeUndefined();
    // Where each finding is chosen by itself, one view may have its own.
    const [few, many] = choose(rankFilms(both(30, 0)), 'youden');
    expect([few!.values, Object.keys(many!.values)]).toEqual([{}, ['Effusion']]);
  });

  it('is kept in either view by patients whom it was not set on, where the common one is not', () => {
    const flagged = { common: { AP: 0, PA: 0 }, own: { AP: 0, PA: 0 } };
    const normals = { AP: 0, PA: 0 };
    const views = frontalViews(films.set);
    for (let seed = 0; seed < 12; seed++) {
      const halves = splitHalves(films, seed);
      for (const split of [halves, { chosenOn: halves.reportedOn, reportedOn: halves.chosenOn }]) {
        const common = planCutoffs(films, split, { from: 'halves', rule, byView: false });
        const own = planCutoffs(films, split, { from: 'halves', rule, byView: true });
        for (const film of split.reportedOn.normals) {
          const view = views[film]!;
          // Half of these few films is not always enough for AP.
          if (own.choice.byView?.[view] === undefined) continue;
          normals[view]++;
          flagged.common[view] += Number(common.flags.some((column) => column[film] === 1));
          flagged.own[view] += Number(own.flags.some((column) => column[film] === 1));
        }
      }
    }
    const shares = CUTOFF_VIEWS.map((view) => [flagged.common[view], flagged.own[view]].map((n) => n / normals[view]));
    const [[commonAp, ownAp], [commonPa, ownPa]] = shares as [[number, number], [number, number]];
    expect(commonAp - commonPa).toBeGreaterThan(0.06);
    expect(Math.abs(ownAp - 0.2)).toBeLessThan(0.02);
    expect(Math.abs(ownPa - 0.2)).toBeLessThan(0.02);
  });
});
