/** One pass over a finding's ranked films: all of its figures, each film counted as often as its patient was drawn. */
import { thresholdOf } from './operatingPoint';
import type { RankedSample } from './rankedFilms';

/** What is counted at the cut-off, in the ranking's order: 0 leaves a film out; null counts all. */
export type CutoffTask = { readonly cutoff: number | null; readonly reported: Uint8Array | null };

/** Weighted sums where films are weighted. Those that need both classes are NaN without one. */
export type Measures = {
  readonly auroc: number;
  /** Σ (recall − recall before) · precision, equal scores together (scikit-learn's average_precision_score). */
  readonly averagePrecision: number;
  /** Mean squared difference of probability and label. */
  readonly brier: number;
  /** Expected calibration error: Σ share of films · |mean probability − share of positives| over the bins. */
  readonly ece: number;
  /** Of the films that the cut-off is reported on: all, and those at or above it. */
  readonly positives: number;
  readonly negatives: number;
  readonly truePositives: number;
  readonly falsePositives: number;
};

const ALL: CutoffTask = { cutoff: null, reported: null };

/** What a film counts as: label + 2 where it is reported. */
export function kindsOf({ labels }: RankedSample, reported: Uint8Array | null): Uint8Array {
  return labels.map((label, place) => label + (reported === null || reported[place] !== 0 ? 2 : 0));
}

/** `weights` per patient: how often each was drawn; null counts every film once. */
export function measure(sample: RankedSample, at: CutoffTask = ALL, weights: Float64Array | null = null): Measures {
  return measureKinds(sample, kindsOf(sample, at.reported), at.cutoff, weights);
}

/** As `measure`, with what does not change between resamples made before. */
export function measureKinds(
  { scores, patients, groupEnds }: RankedSample,
  kinds: Uint8Array,
  cutoff: number | null,
  weights: Float64Array | null,
): Measures {
  const threshold = thresholdOf(cutoff);
  /** Films so far, by kind. */
  const counts = new Float64Array(4);
  let above = 0;
  let below = 0;
  let pairs = 0;
  let precisionSum = 0;
  let squares = 0;
  let distance = 0;
  let bin = 0;
  /** Of the bin at hand: sum of probabilities − number of positives. */
  let excess = 0;
  let truePositives = 0;
  let falsePositives = 0;
  for (let place = 0; place < scores.length; place++) {
    counts[kinds[place]!]! += weights === null ? 1 : weights[patients[place]!]!;
    const end = groupEnds[place]!;
    if (end === 0) continue;
    const groupPositives = counts[1]! + counts[3]! - above;
    const groupNegatives = counts[0]! + counts[2]! - below;
    const score = scores[place]!;
    if (end !== bin) {
      distance += Math.abs(excess);
      excess = 0;
      bin = end;
    }
    excess += (groupPositives + groupNegatives) * score - groupPositives;
    squares += groupPositives * (1 - score) * (1 - score) + groupNegatives * score * score;
    pairs += groupNegatives * (above + groupPositives / 2);
    above += groupPositives;
    below += groupNegatives;
    if (groupPositives > 0) precisionSum += (groupPositives * above) / (above + below);
    if (score >= threshold) {
      truePositives = counts[3]!;
      falsePositives = counts[2]!;
    }
  }
  const films = above + below;
  return {
    auroc: pairs / (above * below),
    averagePrecision: below === 0 ? Number.NaN : precisionSum / above,
    brier: squares / films,
    ece: (distance + Math.abs(excess)) / films,
    positives: counts[3]!,
    negatives: counts[2]!,
    truePositives,
    falsePositives,
  };
}
