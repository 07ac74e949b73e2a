import { describe, expect, it } from 'vitest';
import { chooseCutoffs, describeRule, parseRule } from '#main/chexnet/evaluation/cutoffRules';
import { splitHalves } from '#main/chexnet/evaluation/halves';
import { measure } from '#main/chexnet/evaluation/measure';
import { cutoffBetween, flagFilms, ratesOf, atPrevalence } from '#main/chexnet/evaluation/operatingPoint';
import { rankFilms, type RankedFilms } from '#main/chexnet/evaluation/rankedFilms';
import { countingAt, readFixture } from './readFixture';

const films = rankFilms(readFixture());
const EFFUSION = films.set.findings.indexOf('Effusion');
const sample = films.samples[EFFUSION]!;

function ratesAt(cutoff: number | null) {
  return ratesOf(measure(sample, countingAt(sample, cutoff)));
}

/** Every cut-off that tells two films apart. */
const CANDIDATES = [...new Set(sample.scores)].map((score, index, all) => cutoffBetween(score, all[index + 1]));

function best(merit: (rates: ReturnType<typeof ratesAt>) => number): number {
  return Math.max(...CANDIDATES.map((cutoff) => merit(ratesAt(cutoff))));
}

function chosen(rule: string) {
  return ratesAt(chooseCutoffs(films, parseRule(rule))[EFFUSION]!);
}

function normalsFlagged(part: RankedFilms, cutoffs: readonly (number | null)[]): number {
  const flags = flagFilms(part.set, cutoffs);
  return part.normals.filter((film) => flags.some((column) => column[film] === 1)).length / part.normals.length;
}

describe('a rule for cut-offs', () => {
  it('finds what trying every cut-off finds', () => {
    expect(chosen('f1').f1).toBe(best(({ f1 }) => f1));
    const youden = ({ sensitivity, specificity }: ReturnType<typeof ratesAt>) => sensitivity + specificity;
    expect(youden(chosen('youden'))).toBeCloseTo(best(youden), 12);
    const sensitive = chosen('sensitivity:0.9');
    expect(sensitive.sensitivity).toBeGreaterThanOrEqual(0.9);
    expect(sensitive.specificity).toBe(best((rates) => (rates.sensitivity >= 0.9 ? rates.specificity : 0)));
    const specific = chosen('specificity:95%');
    expect(specific.specificity).toBeGreaterThanOrEqual(0.95);
    expect(specific.sensitivity).toBe(best((rates) => (rates.specificity >= 0.95 ? rates.sensitivity : 0)));
  });

  it('chooses none for a finding without a positive film', () => {
    const hernia = films.set.findings.indexOf('Hernia');
    expect(chooseCutoffs(films, parseRule('f1'))[hernia]).toBeNull();
    expect(chooseCutoffs(films, parseRule('fixed:0.5'))[hernia]).toBe(0.5);
  });

  it('is told by its name, and no other name is taken', () => {
    const names = ['f1', 'youden', 'sensitivity:0.9', 'specificity:95%', 'budget:0.15', 'fixed:0.5'];
    expect(names.map((name) => describeRule(parseRule(name)))).toEqual([
      ...['maximum F1', 'Youden', '90 % sensitivity', '95 % specificity', 'alarm budget 15 %', '0.5 for every finding'],
    ]);
    for (const name of ['budget', 'budget:15', 'f1:0.2', 'median', 'sensitivity:x']) {
      expect(() => parseRule(name)).toThrow(expect.objectContaining({ code: 'usage/invalid' }));
    }
  });
});

describe('an alarm budget', () => {
  it('is not used up on the films that it was set on, because others will be flagged more', () => {
    const share = normalsFlagged(films, chooseCutoffs(films, parseRule('budget:15%')));
    expect(share).toBeLessThan(0.15);
    expect(share).toBeGreaterThan(0.12);
  });

  it('gives every finding the same share of the alarms on normal films', () => {
    const cutoffs = chooseCutoffs(films, parseRule('budget:15%'));
    const isNormal = new Set(films.normals);
    const alarms = films.samples.map(
      ({ scores, films: places }, index) =>
        [...scores.keys()].filter((place) => isNormal.has(places[place]!) && scores[place]! >= cutoffs[index]!).length,
    );
    expect(Math.max(...alarms) - Math.min(...alarms)).toBeLessThanOrEqual(1);
  });

  it('is what patients see whom it was not set on, on the mean of many halves', () => {
    for (const share of [0.15, 0.3]) {
      const flagged = Array.from({ length: 12 }, (_, seed) => {
        const { chosenOn: one, reportedOn: other } = splitHalves(films, seed);
        const [first, second] = [one, other].map((half) => chooseCutoffs(half, { kind: 'budget', share }));
        return [normalsFlagged(other, first!), normalsFlagged(one, second!)];
      }).flat();
      const mean = flagged.reduce((sum, value) => sum + value, 0) / flagged.length;
      // One half alone is off by 0.04 (standard deviation): about 500 normal films of 280 patients on either side.
      expect(Math.abs(mean - share)).toBeLessThan(0.01);
    }
  });

  it('counts all films where none is known to be normal', () => {
    const { set } = films;
    const unknown = rankFilms({ ...set, labels: set.labels.map((column) => column.map(() => -1)) });
    const cutoffs = chooseCutoffs(unknown, parseRule('budget:10%'));
    const labelled = rankFilms({ ...set, labels: set.labels.map((column) => column.map(() => 0)) });
    expect(cutoffs).toEqual(chooseCutoffs(labelled, parseRule('budget:10%')));
    expect(Math.abs(normalsFlagged(labelled, cutoffs) - 0.1)).toBeLessThan(0.02);
  });
});

describe('half of the patients', () => {
  it('are the same whatever the order of the films, and no patient is on both sides', () => {
    const { chosenOn, reportedOn } = splitHalves(films, 7);
    const patientsOf = (part: RankedFilms) => new Set(Array.from(part.films, (film) => part.set.patients[film]!));
    const [first, second] = [patientsOf(chosenOn), patientsOf(reportedOn)];
    expect([...first].filter((patient) => second.has(patient))).toEqual([]);
    expect(chosenOn.films.length + reportedOn.films.length).toBe(2000);
    expect(Math.abs(first.size - second.size)).toBeLessThan(0.2 * (first.size + second.size));

    const { set } = films;
    const reversed = rankFilms({
      ...set,
      films: set.films.toReversed(),
      patients: set.patients.toReversed(),
      probabilities: set.probabilities.map((column) => column.toReversed()),
      labels: set.labels.map((column) => column.toReversed()),
    });
    const keys = (part: RankedFilms) => new Set(Array.from(part.films, (film) => part.set.films[film]!.key));
    expect(keys(splitHalves(reversed, 7).chosenOn)).toEqual(keys(chosenOn));
    expect(keys(splitHalves(films, 8).chosenOn)).not.toEqual(keys(chosenOn));
  });
});

describe('predictive values', () => {
  it("at another prevalence follow Bayes' theorem", () => {
    // 90 % of 20 positives and 20 % of 980 negatives flagged.
    const { ppv, npv } = atPrevalence({ sensitivity: 0.9, specificity: 0.8 }, 0.02);
    expect(ppv).toBeCloseTo(18 / (18 + 196), 12);
    expect(npv).toBeCloseTo(784 / (784 + 2), 12);
  });
});
