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
  known: { patients: FILMS, filmsWithoutPatient: 0 },
  patientIds: Array.from({ length: FILMS }, (_, index) => `P${index}`),
  probabilities: [halves(0.9, 0.1), halves(0.1, 0.9)],
  labels: [Int8Array.from(halves(1, 0)), Int8Array.from(halves(0, 1))],
};

function halves(first: number, second: number): Float64Array {
  return Float64Array.from({ length: FILMS }, (_, index) => (index < FILMS / 2 ? first : second));
}

function waitsAt([mass, edema]: readonly [number, number], tiers = DEFAULT_URGENCY_TIERS, set = films) {
  const work = waitingTimes(rankFilms(set), { values: { Mass: mass, Edema: edema } }, tiers, { count: 200, seed: 3 });
  for (let step = work.next(); ; step = work.next()) if (step.done === true) return step.value;
}

it('says how long positive films wait, in the urgency of the site', () => {
  const waits = (tiers: typeof DEFAULT_URGENCY_TIERS) =>
    waitsAt([0.5, 0.5], tiers).map((wait) => [wait?.medianBeforeInTimeOrder, wait?.medianBeforeInPriorityOrder]);
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

it('has an interval for either wait, from the same draws of patients', () => {
  const [mass, edema] = waitsAt([0.5, 0.5]);
  for (const [wait, first] of [
    [mass!, 9.5],
    [edema!, 29.5],
  ] as const) {
    expect(wait.medianBeforeInTimeOrder).toBe(first);
    expect(wait.medianBeforeInTimeOrderLow).toBeLessThan(first - 1);
    expect(wait.medianBeforeInTimeOrderHigh).toBeGreaterThan(first + 1);
  }
  // Nothing is flagged: both orders are one, in every draw.
  const [unflagged] = waitsAt([0.95, 0.95]);
  expect(unflagged!.medianBeforeInPriorityOrderLow).toBe(unflagged!.medianBeforeInTimeOrderLow);
  expect(unflagged!.medianBeforeInPriorityOrderHigh).toBe(unflagged!.medianBeforeInTimeOrderHigh);
});

it('is not known of films without dates', () => {
  const undated = { ...films, films: films.films.map((film) => ({ ...film, takenAt: null })) };
  expect(waitsAt([0.5, 0.5], DEFAULT_URGENCY_TIERS, undated)).toEqual([null, null]);
});
