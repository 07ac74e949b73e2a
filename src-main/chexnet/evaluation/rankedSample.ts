/**
 * A finding's films from the most to the least likely. They are sorted once; every resampling then is one pass, in
 * which a film counts as often as its patient was drawn.
 */
import { thresholdOf } from './operatingPoint';
import type { FindingSample } from './scoredFilms';

/** Bins of equal width of the expected calibration error (Guo et al., ICML 2017). */
export const CALIBRATION_BINS = 15;

export type RankedSample = {
  /** [n], falling. */
  readonly scores: Float64Array;
  /** [n] */
  readonly labels: Uint8Array;
  /** [n] */
  readonly patients: Int32Array;
  readonly patientCount: number;
  /** [n], places in the set. */
  readonly films: Int32Array;
  /** [n]: 0 inside a group of equal scores, else 1 + the calibration bin that the group lies in. */
  readonly groupEnds: Uint8Array;
  readonly positives: number;
};

/** Counts of one pass; weighted sums where films are weighted. */
export type Measures = {
  readonly positives: number;
  readonly negatives: number;
  /** NaN without a positive or without a negative, as are all that need both. */
  readonly auroc: number;
  /** Σ (recall − recall before) · precision, equal scores together (scikit-learn's average_precision_score). */
  readonly averagePrecision: number;
  /** Mean squared difference of probability and label. */
  readonly brier: number;
  /** Σ share of films · |mean probability − share of positives| over the bins. */
  readonly calibrationError: number;
  /** Films at or above the cut-off. */
  readonly truePositives: number;
  readonly falsePositives: number;
};

export function rankSample(sample: FindingSample): RankedSample {
  const { scores, labels, patients, films, patientCount, positives } = sample;
  const order = Int32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!);
  const ranked = Float64Array.from(order, (film) => scores[film]!);
  return {
    scores: ranked,
    labels: Uint8Array.from(order, (film) => labels[film]!),
    patients: order.map((film) => patients[film]!),
    patientCount,
    films: order.map((film) => films[film]!),
    groupEnds: Uint8Array.from(ranked, (score, index) => (score === ranked[index + 1] ? 0 : 1 + binOf(score))),
    positives,
  };
}

export function binOf(probability: number): number {
  return Math.max(0, Math.min(CALIBRATION_BINS - 1, Math.floor(probability * CALIBRATION_BINS)));
}

/** `weights` per patient: how often each was drawn; null counts every film once. No cut-off flags nothing. */
export function measure(sample: RankedSample, cutoff: number | null, weights: Float64Array | null): Measures {
  const { scores, labels, patients, groupEnds } = sample;
  const threshold = thresholdOf(cutoff);
  let above = 0;
  let below = 0;
  let groupPositives = 0;
  let groupNegatives = 0;
  let pairs = 0;
  let precisionSum = 0;
  let squares = 0;
  let distance = 0;
  let bin = 0;
  /** Of the bin at hand: sum of probabilities − number of positives. */
  let excess = 0;
  let truePositives = 0;
  let falsePositives = 0;
  for (let index = 0; index < scores.length; index++) {
    const weight = weights === null ? 1 : weights[patients[index]!]!;
    if (labels[index] === 1) groupPositives += weight;
    else groupNegatives += weight;
    const end = groupEnds[index]!;
    if (end === 0) continue;
    const score = scores[index]!;
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
      truePositives = above;
      falsePositives = below;
    }
    groupPositives = 0;
    groupNegatives = 0;
  }
  distance += Math.abs(excess);
  const films = above + below;
  return {
    positives: above,
    negatives: below,
    auroc: pairs / (above * below),
    averagePrecision: below === 0 ? Number.NaN : precisionSum / above,
    brier: squares / films,
    calibrationError: distance / films,
    truePositives,
    falsePositives,
  };
}
