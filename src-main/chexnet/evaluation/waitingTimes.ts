/**
 * What an order of reading is worth: how many films are read before the positive ones, in the order in which they
 * came and in the order of their priority. No reading speed is assumed: a wait is a number of films.
 */
import type { WaitingTimes } from '#main/contract/evaluation';
import { MEASURED_POSITIVES } from '#main/contract/card';
import type { UrgencyTiers } from '#main/contract/findings';
import { priorityOf } from '#main/contract/priority';
import type { RankedFilms } from './rankedFilms';

/** Per finding; null where fewer than two films have a date, or none of those is positive. */
export function waitingTimes(
  films: RankedFilms,
  cutoffs: readonly (number | null)[],
  tiers: UrgencyTiers,
): (WaitingTimes | null)[] {
  const { set, samples } = films;
  const dated = [...films.films].filter((film) => set.films[film]!.takenAt !== null);
  if (dated.length < 2) return samples.map(() => null);
  const rules = set.findings.map((finding, index) => ({
    ...{ finding, cutoff: cutoffs[index] ?? null },
    measured: samples[index]!.positives >= MEASURED_POSITIVES,
  }));
  const timeOrder = dated.sort((a, b) => compareTimes(set.films[a]!.takenAt!, set.films[b]!.takenAt!) || a - b);
  const priorities = new Map(
    timeOrder.map((film) => [film, priorityOf(probabilitiesOf(films, film), rules, tiers).value] as const),
  );
  // Sorting is stable: the longest waiting comes first among equals.
  const priorityOrder = timeOrder.toSorted((a, b) => priorities.get(b)! - priorities.get(a)!);
  return samples.map(({ films: known, labels }) => {
    const positive = new Set(known.filter((_, place) => labels[place] === 1));
    const inTime = placesOf(timeOrder, positive);
    if (inTime.length === 0) return null;
    return {
      positives: inTime.length,
      films: dated.length,
      medianBeforeInTimeOrder: median(inTime),
      medianBeforeInPriorityOrder: median(placesOf(priorityOrder, positive)),
    };
  });
}

function probabilitiesOf({ set }: RankedFilms, film: number): number[] {
  // A finding without a probability is not flagged.
  return set.probabilities.map((column) => (Number.isNaN(column[film]!) ? 0 : column[film]!));
}

function compareTimes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function placesOf(order: readonly number[], positive: ReadonlySet<number>): number[] {
  return order.flatMap((film, place) => (positive.has(film) ? [place] : []));
}

/** Of rising numbers. */
function median(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
