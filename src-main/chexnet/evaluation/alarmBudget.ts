/**
 * One budget for the alarms of all findings together: at most this share of normal films may get any flag. A reader
 * feels the sum of the alarms, and 14 cut-offs that are each reasonable flag most normal films (Youden's: 69 %).
 * The budget is split so that every finding alone may flag the same share of normal films.
 */
import { cutoffBetween } from './operatingPoint';
import { isNormal, type ScoredFilms } from './scoredFilms';

/**
 * Films that the budget counts: normal ones where there are labels; else all, and the budget is of films, not of
 * normal films.
 */
function budgetFilms(set: ScoredFilms): { readonly films: Int32Array; readonly normal: boolean } {
  const all = Int32Array.from(set.films.keys());
  const normals = all.filter((film) => isNormal(set, film));
  return normals.length > 0 ? { films: normals, normal: true } : { films: all, normal: false };
}

/**
 * A cut-off per finding, so that at most `share` of the films are flagged, and as many as that allows. A film is
 * flagged as soon as the share of films at least as likely as it reaches the common share for one finding: the
 * smallest such share of each film, sorted, holds the answer.
 */
export function alarmBudgetCutoffs(set: ScoredFilms, share: number): (number | null)[] {
  const { films } = budgetFilms(set);
  const columns = set.probabilities.map((column) => rankColumn(column, films));
  const earliest = Float64Array.from(films, (_, place) =>
    columns.reduce((least, { ranks }) => Math.min(least, ranks[place]!), Number.POSITIVE_INFINITY),
  ).sort();
  const allowed = Math.floor(share * films.length);
  // The largest common rank that no more than the allowed films reach.
  const common = largestBelow(earliest, allowed);
  return columns.map(({ sorted }) => cutoffAtRank(sorted, common));
}

function largestBelow(earliest: Float64Array, allowed: number): number {
  if (allowed >= earliest.length) return earliest.at(-1) ?? 0;
  const tooMany = earliest[allowed]!;
  return earliest.findLast((rank) => rank < tooMany) ?? 0;
}

type RankedColumn = {
  /** Falling. */
  readonly sorted: Float64Array;
  /** Per film: how many are at least as likely as it. */
  readonly ranks: Float64Array;
};

function rankColumn(column: Float64Array, films: Int32Array): RankedColumn {
  const places = Int32Array.from(films.keys()).filter((place) => !Number.isNaN(column[films[place]!]));
  places.sort((a, b) => column[films[b]!]! - column[films[a]!]!);
  const sorted = Float64Array.from(places, (place) => column[films[place]!]!);
  const ranks = new Float64Array(films.length).fill(Number.POSITIVE_INFINITY);
  let rank = places.length;
  for (let index = places.length - 1; index >= 0; index--) {
    if (sorted[index] !== sorted[index + 1]) rank = index + 1;
    ranks[places[index]!] = rank;
  }
  return { sorted, ranks };
}

/** Just above the first film that may not be flagged any more. */
function cutoffAtRank(sorted: Float64Array, common: number): number | null {
  if (sorted.length === 0) return null;
  let flagged = Math.min(common, sorted.length);
  // Equal scores go together: a group that reaches beyond the rank is left out.
  while (flagged > 0 && sorted[flagged - 1] === sorted[flagged]) flagged--;
  if (flagged === 0) return cutoffBetween(1, sorted[0]);
  return cutoffBetween(sorted[flagged - 1]!, sorted[flagged]);
}
