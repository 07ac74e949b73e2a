/**
 * What an order of reading is worth: how many films are read before the positive ones, in the order in which they
 * came and in the order of their priority. No reading speed is assumed: a wait is a number of films.
 */
import type { WaitingTimes } from '#main/contract/evaluation';
import { CUTOFF_VIEWS, cutoffOf, MEASURED_POSITIVES, type CutoffChoice, type CutoffView } from '#main/contract/cutoffs';
import type { UrgencyTiers } from '#main/contract/findings';
import { priorityOf } from '#main/contract/priority';
import { createResampler, withInterval, type Resampling } from './bootstrap';
import type { RankedFilms } from './rankedFilms';
import { frontalViews } from './scoredFilms';

/** Per finding; null where fewer than two films have a date, or none of those is positive. Yields after each resample. */
export function* waitingTimes(
  films: RankedFilms,
  choice: CutoffChoice,
  tiers: UrgencyTiers,
  { count, seed }: Resampling,
): Generator<unknown, (WaitingTimes | null)[]> {
  const { set, samples } = films;
  const orders = readingOrders(films, choice, tiers);
  if (orders === null) return samples.map(() => null);
  const positives = samples.map(({ films: known, labels }) => {
    const isPositive = new Uint8Array(set.films.length);
    known.forEach((film, place) => (isPositive[film] = labels[place]!));
    return orders.map((order) => order.flatMap((film, place) => (isPositive[film] === 1 ? [place] : [])));
  });
  const waitsOf = (weights: Float64Array | null): number[][] => {
    const queues = orders.map((order) => queueOf(order, set.patients, weights));
    return positives.map((places) => queues.map((queue, order) => medianWait(places[order]!, queue)));
  };
  const draws = samples.map(() => orders.map(() => new Float64Array(count)));
  const resample = createResampler(set.patientCount, seed);
  for (let draw = 0; draw < count; draw++) {
    waitsOf(resample()).forEach((waits, finding) => {
      waits.forEach((wait, order) => (draws[finding]![order]![draw] = wait));
    });
    yield;
  }
  return waitsOf(null).map(([inTime, byPriority], finding) => {
    const [timeDraws, priorityDraws] = draws[finding]!;
    const found = positives[finding]![0]!.length;
    if (found === 0) return null;
    return {
      ...{ positives: found, films: orders[0]!.length },
      ...withInterval('medianBeforeInTimeOrder', inTime!, timeDraws!),
      ...withInterval('medianBeforeInPriorityOrder', byPriority!, priorityDraws!),
    };
  });
}

/** Films as they came, and by priority; null where fewer than two have a date. */
function readingOrders(films: RankedFilms, choice: CutoffChoice, tiers: UrgencyTiers): (readonly number[])[] | null {
  const { set, samples } = films;
  const dated = [...films.films].filter((film) => set.films[film]!.takenAt !== null);
  if (dated.length < 2) return null;
  const rulesOf = (view: CutoffView | null) =>
    set.findings.map((finding, index) => {
      const measured = samples[index]!.positives >= MEASURED_POSITIVES;
      return { finding, ...cutoffOf(choice, finding, view), measured };
    });
  const rules = new Map([null, ...CUTOFF_VIEWS].map((view) => [view, rulesOf(view)] as const));
  const views = frontalViews(set);
  const timeOrder = dated.sort((a, b) => compareTimes(set.films[a]!.takenAt!, set.films[b]!.takenAt!) || a - b);
  const priorities = new Map(
    timeOrder.map((film) => {
      return [film, priorityOf(probabilitiesOf(films, film), rules.get(views[film]!)!, tiers).value] as const;
    }),
  );
  // Sorting is stable: the longest waiting comes first among equals.
  return [timeOrder, timeOrder.toSorted((a, b) => priorities.get(b)! - priorities.get(a)!)];
}

function probabilitiesOf({ set }: RankedFilms, film: number): number[] {
  // A finding without a probability is not flagged.
  return set.probabilities.map((column) => (Number.isNaN(column[film]!) ? 0 : column[film]!));
}

function compareTimes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** In the order of reading: how often each film is there, and how many are read before it. */
type Queue = { readonly times: Float64Array; readonly before: Float64Array };

function queueOf(order: readonly number[], patients: Int32Array, weights: Float64Array | null): Queue {
  const times = Float64Array.from(order, (film) => (weights === null ? 1 : weights[patients[film]!]!));
  const before = new Float64Array(order.length);
  for (let place = 1; place < order.length; place++) before[place] = before[place - 1]! + times[place - 1]!;
  return { times, before };
}

/** Of the films at rising `places`, each as often as it is there; NaN where none is. */
function medianWait(places: readonly number[], { times, before }: Queue): number {
  const all = places.reduce((sum, place) => sum + times[place]!, 0);
  if (all === 0) return Number.NaN;
  let seen = 0;
  let lower: number | null = null;
  for (const place of places) {
    seen += times[place]!;
    // An even number has two in its middle, which may be copies of one film.
    if (lower === null && 2 * seen >= all) lower = before[place]!;
    if (2 * seen > all) return (lower! + before[place]!) / 2;
  }
  return Number.NaN;
}
