/** Two models on the films that both have judged: the one pairing of every comparison. */
import type { AcceptedFinding } from '#main/contract/acceptance';
import { estimateAuroc, pairedTest } from './delong';
import { rankScores, type RankedSample } from './rankedFilms';
import type { ScoredFilms } from './scoredFilms';

/** The same films of one finding, with labels, ranked by either model. */
export type RankedPair = { readonly first: RankedSample; readonly second: RankedSample };

/** Intervals: DeLong, clustered by patient; null = not defined. */
export type PairedAuroc = Omit<AcceptedFinding, 'cutoff'>;

/** `others` [n]: the other model's probabilities of the set's films for its finding `index`; NaN where it gave none. */
export function rankPair(set: ScoredFilms, index: number, others: Float64Array): RankedPair {
  const own = set.probabilities[index]!;
  const columns = { labels: set.labels[index]!, patients: set.patients, patientCount: set.patientCount };
  return {
    first: rankScores({ ...columns, scores: own.map((score, film) => unlessMissing(score, others[film]!)) }),
    second: rankScores({ ...columns, scores: others.map((score, film) => unlessMissing(score, own[film]!)) }),
  };
}

function unlessMissing(score: number, other: number): number {
  return Number.isNaN(other) ? Number.NaN : score;
}

/** `sample` null: the films have no labels; `pair` null: there is no other model, or it does not know the finding. */
export function pairedAuroc(sample: RankedSample | null, pair: RankedPair | null): PairedAuroc {
  const own = sample === null ? null : estimateAuroc(sample, 'patient');
  const other = pair === null ? null : estimateAuroc(pair.second, 'patient');
  const test = pair === null ? null : pairedTest(pair.first, pair.second, 'patient');
  return {
    n: sample?.labels.length ?? 0,
    positives: sample?.positives ?? 0,
    auroc: own?.auroc ?? null,
    aurocLow: own?.interval?.low ?? null,
    aurocHigh: own?.interval?.high ?? null,
    otherAuroc: other?.auroc ?? null,
    difference: test?.difference ?? null,
    differenceLow: test?.low ?? null,
    differenceHigh: test?.high ?? null,
    p: test?.p ?? null,
  };
}
