/**
 * One budget for the alarms of all findings together: at most this share of normal films may get any flag. A reader
 * feels the sum of the alarms, and 14 cut-offs that are each reasonable flag most normal films (Youden's: 70 %).
 * The budget is split so that every finding alone may flag the same share of normal films.
 */
import { cutoffBetween } from './operatingPoint';
import { keepFilms, type RankedFilms, type RankedSample } from './rankedFilms';

/**
 * Per finding a cut-off, so that at most `share` of the normal films are flagged, and as many as that allows; of all
 * films where none is known to be normal. With a common rank r each finding flags its r likeliest films: a film is
 * flagged as soon as r reaches its best rank among the findings, so the best ranks, sorted, hold the answer.
 */
export function alarmBudgetCutoffs(films: RankedFilms, share: number): (number | null)[] {
  const counted = films.normals.length > 0 ? films.normals : films.films;
  const isCounted = new Uint8Array(films.set.films.length);
  for (const film of counted) isCounted[film] = 1;
  const samples = films.samples.map((sample) => keepFilms(sample, isCounted));
  const best = new Float64Array(films.set.films.length).fill(Number.POSITIVE_INFINITY);
  for (const sample of samples) noteRanks(sample, best);
  const sorted = Float64Array.from(counted, (film) => best[film]!).sort();
  const rank = largestAllowed(sorted, Math.floor(share * counted.length));
  return samples.map((sample) => cutoffAtRank(sample, rank));
}

/** A film's rank = how many films are at least as likely as it. */
function noteRanks({ films, groupEnds }: RankedSample, best: Float64Array): void {
  let start = 0;
  for (let end = 0; end < films.length; end++) {
    if (groupEnds[end] === 0) continue;
    for (; start <= end; start++) best[films[start]!] = Math.min(best[films[start]!]!, end + 1);
  }
}

/** The largest rank that no more than `allowed` films reach. */
function largestAllowed(sorted: Float64Array, allowed: number): number {
  const tooMany = sorted[allowed];
  if (tooMany === undefined) return sorted.at(-1) ?? 0;
  return sorted.findLast((rank) => rank < tooMany) ?? 0;
}

function cutoffAtRank({ scores, groupEnds }: RankedSample, rank: number): number | null {
  if (scores.length === 0) return null;
  let flagged = Math.min(rank, scores.length);
  // Equal scores go together: a group that reaches beyond the rank is not flagged.
  while (flagged > 0 && groupEnds[flagged - 1] === 0) flagged--;
  return cutoffBetween(flagged === 0 ? 1 : scores[flagged - 1]!, scores[flagged]);
}
