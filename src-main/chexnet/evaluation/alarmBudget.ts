/**
 * One budget for the alarms of all findings together: at most this share of normal films may get any flag. A reader
 * feels the sum of the alarms, and 14 cut-offs that are each reasonable flag most normal films (Youden's: 70 %).
 * The budget is split so that every finding alone may flag the same share of normal films.
 */
import { cutoffBetween } from './operatingPoint';
import { rankScores, type RankedFilms, type RankedSample } from './rankedFilms';
import type { ScoredFilms } from './scoredFilms';

/**
 * Per finding a cut-off, so that of the normal films of patients to come `share` are flagged; of all films where none
 * is known to be normal. Steps are taken in turn, each of which lets one finding flag one film more. A film is flagged
 * with the first step that reaches it in any finding: those steps, sorted, hold the answer. On the very films that
 * choose, fewer are flagged: cut-offs lie next to films of theirs. (Where that is not allowed for, 250 normal films of
 * 140 patients lead to 17 % flagged instead of 15 %.)
 */
export function alarmBudgetCutoffs(films: RankedFilms, share: number): (number | null)[] {
  const { set, normals } = films;
  const counted = normals.length > 0 ? normals : films.films;
  const samples = rankWithoutLabels(set, counted);
  const firstStep = new Float64Array(set.films.length).fill(Number.POSITIVE_INFINITY);
  samples.forEach((sample, finding) => noteSteps(sample, finding, samples.length, firstStep));
  const steps = Float64Array.from(counted, (film) => firstStep[film]!).sort();
  const last = largestAllowed(steps, Math.floor(share * counted.length));
  return samples.map((sample, finding) => cutoffAtRank(sample, Math.floor((last - finding) / samples.length)));
}

/** What is counted are alarms: whether they are right does not matter. */
function rankWithoutLabels(set: ScoredFilms, counted: Int32Array): RankedSample[] {
  const labels = new Int8Array(set.films.length).fill(-1);
  for (const film of counted) labels[film] = 0;
  const { patients, patientCount } = set;
  return set.probabilities.map((scores) => rankScores({ scores, labels, patients, patientCount }));
}

const HALFWAY = 0.5;

/**
 * Step r · findings + f lets finding f flag its r likeliest films. A film is held against the cut-offs that the other
 * patients alone would give (leave one patient out), which lie halfway between two of their films: its own patient's
 * films hold its cut-off up, and those of a patient to come will not.
 */
function noteSteps(sample: RankedSample, finding: number, findings: number, first: Float64Array): void {
  const { films, groupEnds, patients, patientCount } = sample;
  const own = new Int32Array(patientCount);
  for (let start = 0, end = 0; end < films.length; end++) {
    if (groupEnds[end] === 0) continue;
    for (let place = start; place <= end; place++) own[patients[place]!]! += 1;
    // Equal scores go together, so films of the same score are above it as well.
    for (let place = start; place <= end; place++) {
      const others = end + 1 - own[patients[place]!]!;
      const step = (others + HALFWAY) * findings + finding;
      first[films[place]!] = Math.min(first[films[place]!]!, step);
    }
    start = end + 1;
  }
}

/** The largest step that no more than `allowed` films are flagged with. */
function largestAllowed(steps: Float64Array, allowed: number): number {
  const tooMany = steps[allowed];
  if (tooMany === undefined) return steps.at(-1) ?? 0;
  return steps.findLast((step) => step < tooMany) ?? 0;
}

function cutoffAtRank({ scores, groupEnds }: RankedSample, rank: number): number | null {
  if (scores.length === 0) return null;
  let flagged = Math.max(0, Math.min(rank, scores.length));
  // Equal scores go together: a group that reaches beyond the rank is not flagged.
  while (flagged > 0 && groupEnds[flagged - 1] === 0) flagged--;
  return cutoffBetween(flagged === 0 ? 1 : scores[flagged - 1]!, scores[flagged]);
}
