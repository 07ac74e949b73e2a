/**
 * Variance of AUROCs without resampling: DeLong, DeLong and Clarke-Pearson, Biometrics 1988, from placement values
 * (Sun and Xu 2014 for the sorting). Films of one patient are not independent: clustered by patient it is Obuchowski,
 * Biometrics 1997, which is DeLong's where every patient has one film.
 */
import type { FindingSample } from './scoredFilms';

export type DelongResult = {
  readonly aurocs: readonly number[];
  /** [models][models]; null where a class has films of fewer than two clusters: nothing varies then. */
  readonly covariance: readonly (readonly number[])[] | null;
};

export type PairedTest = {
  /** First − second. */
  readonly difference: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
  /** Null where the standard error is 0: the two rank every pair alike. */
  readonly z: number | null;
  /** Two-sided. */
  readonly p: number;
};

/** The 97.5 % point of the normal distribution. */
const Z_95 = 1.959963984540054;

/**
 * `scores` of each model for the same films, in the order of `labels` (1 and 0). `clusters` says which films belong
 * together; null takes every film for itself (DeLong). Null where one class is missing.
 */
export function delong(
  scores: readonly Float64Array[],
  labels: Uint8Array,
  clusters: Int32Array | null,
): DelongResult | null {
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0) return null;
  const members = clusterNumbers(labels.length, clusters);
  const models = scores.map((column) => {
    const placements = placementValues(column, labels, positives, negatives);
    const auroc = placements.reduce((sum, value, film) => sum + (labels[film] === 1 ? value : 0), 0) / positives;
    return { auroc, ...clusterSums(placements, labels, auroc, members) };
  });
  const factors = varianceFactors(labels, members, positives, negatives);
  if (factors === null) return { aurocs: models.map(({ auroc }) => auroc), covariance: null };
  const covariance = models.map((a) =>
    models.map(
      (b) =>
        factors.positive * dot(a.positive, b.positive) +
        factors.negative * dot(a.negative, b.negative) +
        factors.mixed * (dot(a.positive, b.negative) + dot(a.negative, b.positive)),
    ),
  );
  return { aurocs: models.map(({ auroc }) => auroc), covariance };
}

export type AurocEstimate = {
  readonly auroc: number;
  /** Null where a class has films of fewer than two clusters. */
  readonly interval: { readonly standardError: number; readonly low: number; readonly high: number } | null;
};

/** With its 95 % interval, cut off at 0 and 1 as pROC does it. Null where one class is missing. */
export function estimateAuroc(
  { scores, labels, patients }: FindingSample,
  by: 'film' | 'patient',
): AurocEstimate | null {
  const result = delong([scores], labels, by === 'patient' ? patients : null);
  if (result === null) return null;
  const auroc = result.aurocs[0]!;
  if (result.covariance === null) return { auroc, interval: null };
  const standardError = Math.sqrt(Math.max(0, result.covariance[0]![0]!));
  const low = Math.max(0, auroc - Z_95 * standardError);
  const high = Math.min(1, auroc + Z_95 * standardError);
  return { auroc, interval: { standardError, low, high } };
}

/** Two models on the same films: is one better beyond chance? Null where nothing varies. */
export function pairedTest(
  first: Float64Array,
  second: Float64Array,
  labels: Uint8Array,
  clusters: Int32Array | null,
): PairedTest | null {
  const result = delong([first, second], labels, clusters);
  const covariance = result?.covariance ?? null;
  if (result === null || covariance === null) return null;
  const difference = result.aurocs[0]! - result.aurocs[1]!;
  const variance = covariance[0]![0]! + covariance[1]![1]! - 2 * covariance[0]![1]!;
  const standardError = Math.sqrt(Math.max(0, variance));
  const z = standardError === 0 ? null : difference / standardError;
  return {
    difference,
    standardError,
    low: difference - Z_95 * standardError,
    high: difference + Z_95 * standardError,
    z,
    p: z === null ? 1 : 2 * normalTail(Math.abs(z)),
  };
}

/** Per film the share of films of the other class that it is ranked rightly against; a tie is a half. */
function placementValues(scores: Float64Array, labels: Uint8Array, positives: number, negatives: number): Float64Array {
  const order = Int32Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]!);
  const placements = new Float64Array(scores.length);
  let [positivesBelow, negativesBelow] = [0, 0];
  for (let start = 0; start < order.length;) {
    let end = start;
    let tiedPositives = 0;
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) tiedPositives += labels[order[end++]!]!;
    const tiedNegatives = end - start - tiedPositives;
    for (let index = start; index < end; index++) {
      const film = order[index]!;
      placements[film] =
        labels[film] === 1
          ? (negativesBelow + tiedNegatives / 2) / negatives
          : (positives - positivesBelow - tiedPositives / 2) / positives;
    }
    positivesBelow += tiedPositives;
    negativesBelow += tiedNegatives;
    start = end;
  }
  return placements;
}

type Clusters = { readonly of: Int32Array; readonly count: number };

function clusterNumbers(films: number, clusters: Int32Array | null): Clusters {
  if (clusters === null) return { of: Int32Array.from({ length: films }, (_, film) => film), count: films };
  const numbers = new Map<number, number>();
  const of = clusters.map((cluster) => {
    const number = numbers.get(cluster) ?? numbers.size;
    numbers.set(cluster, number);
    return number;
  });
  return { of, count: numbers.size };
}

/** Per cluster Σ (placement − AUROC), of its positives and of its negatives. */
function clusterSums(placements: Float64Array, labels: Uint8Array, auroc: number, { of, count }: Clusters) {
  const positive = new Float64Array(count);
  const negative = new Float64Array(count);
  placements.forEach((value, film) => {
    (labels[film] === 1 ? positive : negative)[of[film]!]! += value - auroc;
  });
  return { positive, negative };
}

/** Obuchowski's factors: clusters with a positive, with a negative, and all, each with its correction by n/(n − 1). */
function varianceFactors(labels: Uint8Array, { of, count }: Clusters, positives: number, negatives: number) {
  const withPositive = new Set(of.filter((_, film) => labels[film] === 1)).size;
  const withNegative = new Set(of.filter((_, film) => labels[film] === 0)).size;
  if (withPositive < 2 || withNegative < 2) return null;
  return {
    positive: withPositive / ((withPositive - 1) * positives * positives),
    negative: withNegative / ((withNegative - 1) * negatives * negatives),
    mixed: count / ((count - 1) * positives * negatives),
  };
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}

/** P(Z > z) for z ≥ 0: erfc by Chebyshev fit (Press et al., Numerical Recipes 6.2), relative error below 1.2e-7. */
function normalTail(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const polynomial = ERFC.reduceRight((sum, coefficient) => sum * t + coefficient, 0);
  return (t * Math.exp(-x * x + polynomial)) / 2;
}

const ERFC = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
] as const;
