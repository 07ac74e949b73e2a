import { expect, it } from 'vitest';
import { rankFilms } from '#main/chexnet/evaluation/rankedFilms';
import type { ScoredFilms } from '#main/chexnet/evaluation/scoredFilms';
import { waitingTimes } from '#main/chexnet/evaluation/waitingTimes';
import { DEFAULT_URGENCY_TIERS } from '#main/contract/findings';

const FILMS = 40;

/** The first half has a mass, the second an edema; a model that knows it. They came in this order. */
const films: ScoredFilms = {
  findings: ['Mass', 'Edema'],
  films: Array.from({ length: FILMS }, (_, index) => ({
    ...{ key: `${index}.png`, sex: null, ageYears: null, view: null, original: null },
    takenAt: `2026-01-01T10:${String(index).padStart(2, '0')}:00`,
  })),
  patients: Int32Array.from({ length: FILMS }, (_, index) => index),
  patientCount: FILMS,
  patientIds: Array.from({ length: FILMS }, (_, index) => `P${index}`),
  probabilities: [halves(0.9, 0.1), halves(0.1, 0.9)],
  labels: [Int8Array.from(halves(1, 0)), Int8Array.from(halves(0, 1))],
};

function halves(first: number, second: number): Float64Array {
  return Float64Array.from({ length: FILMS }, (_, index) => (index < FILMS / 2 ? first : second));
}

it('says how long positive films wait, in the urgency of the site', () => {
  const waits = (tiers: typeof DEFAULT_URGENCY_TIERS) =>
    waitingTimes(rankFilms(films), [0.5, 0.5], tiers).map((wait) => [
      wait?.medianBeforeInTimeOrder,
      wait?.medianBeforeInPriorityOrder,
    ]);
  // Edema comes before Mass; where a site says the contrary, the order stays that of time.
  expect(waits(DEFAULT_URGENCY_TIERS)).toEqual([
    [9.5, 29.5],
    [29.5, 9.5],
  ]);
  expect(waits({ Mass: 1, Edema: 2 })).toEqual([
    [9.5, 9.5],
    [29.5, 29.5],
  ]);
});
