/**
 * Variance of AUROCs without resampling: DeLong, DeLong and Clarke-Pearson, Biometrics 1988, from placement values.
 * Films of one patient are not independent: clustered by patient it is Obuchowski, Biometrics 1997, which is DeLong's
 * where every patient has one film.
 */
import type { RankedSample } from './rankedFilms';

export type ClusterBy = 'film' | 'patient';

export type AurocEstimate = {
  readonly auroc: number;
  /**
   * 95 %. Null where a class has films of fewer than two clusters, or every pair is ranked alike: nothing varies then.
   */
  readonly interval: { readonly standardError: number; readonly low: number; readonly high: number } | null;
};

export type PairedTest = {
  /** First − second. */
  readonly difference: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided; 1 where the two rank every pair alike. */
  readonly p: number;
};

/** The 97.5 % point of the normal distribution. */
const Z_95 = 1.959963984540054;

/** The interval is cut off at 0 and 1, as pROC does it. Null where one class is missing. */
export function estimateAuroc(sample: RankedSample, by: ClusterBy): AurocEstimate | null {
  const spread = spreadOf(sample, by);
  if (spread === null) return null;
  const { auroc } = spread;
  if (!spread.varies) return { auroc, interval: null };
  return { auroc, interval: intervalOf(auroc, covariance(spread, spread)) };
}

function intervalOf(auroc: number, variance: number): AurocEstimate['interval'] {
  if (auroc === 0 || auroc === 1) return null;
  const standardError = Math.sqrt(Math.max(0, variance));
  const low = Math.max(0, auroc - Z_95 * standardError);
  const high = Math.min(1, auroc + Z_95 * standardError);
  return { standardError, low, high };
}

/**
 * Two models on the same films, with the same numbers and labels: is one better beyond chance? Null where nothing
 * varies.
 */
export function pairedTest(first: RankedSample, second: RankedSample, by: ClusterBy): PairedTest | null {
  const [a, b] = [spreadOf(first, by), spreadOf(second, by)];
  if (a === null || b === null || !a.varies) return null;
  const difference = a.auroc - b.auroc;
  const variance = covariance(a, a) + covariance(b, b) - 2 * covariance(a, b);
  const standardError = Math.sqrt(Math.max(0, variance));
  const low = difference - Z_95 * standardError;
  const high = difference + Z_95 * standardError;
  const p = standardError === 0 ? 1 : 2 * normalTail(Math.abs(difference) / standardError);
  return { difference, standardError, low, high, p };
}

/**
 * The mean of several findings' AUROCs on films of the same patients. Its variance is that of what each patient adds to
 * the mean (the infinitesimal jackknife; of one finding it is Obuchowski's but for the corrections of n by n − 1).
 * Findings for which a class is missing do not count; null where none is left.
 */
export function estimateMeanAuroc(samples: readonly RankedSample[]): AurocEstimate | null {
  const spreads = samples.flatMap((sample) => spreadOf(sample, 'patient') ?? []);
  if (spreads.length === 0) return null;
  const auroc = spreads.reduce((sum, spread) => sum + spread.auroc, 0) / spreads.length;
  if (!spreads.every(({ varies }) => varies)) return { auroc, interval: null };
  const added = new Float64Array(spreads[0]!.positive.length);
  for (const { positive, negative, positives, negatives } of spreads) {
    for (let patient = 0; patient < added.length; patient++) {
      added[patient]! += (positive[patient]! / positives + negative[patient]! / negatives) / spreads.length;
    }
  }
  const patients = new Set(samples.flatMap((sample) => [...sample.patients])).size;
  return { auroc, interval: intervalOf(auroc, (patients / (patients - 1)) * dot(added, added)) };
}

/** Per cluster Σ (placement − AUROC), of its positives and of its negatives, and what turns them into a variance. */
type Spread = {
  readonly auroc: number;
  readonly positives: number;
  readonly negatives: number;
  readonly positive: Float64Array;
  readonly negative: Float64Array;
  readonly varies: boolean;
  /** Obuchowski's: clusters with a positive, with a negative, and all, each with its correction by n / (n − 1). */
  readonly factors: { readonly positive: number; readonly negative: number; readonly mixed: number };
};

function spreadOf(sample: RankedSample, by: ClusterBy): Spread | null {
  const { labels, positives } = sample;
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0) return null;
  const placements = placementValues(sample, negatives);
  const clusters = by === 'film' ? sample.films : sample.patients;
  const size = by === 'film' ? sample.filmCount : sample.patientCount;
  let sum = 0;
  for (let place = 0; place < labels.length; place++) if (labels[place] === 1) sum += placements[place]!;
  const auroc = sum / positives;
  const [positive, negative] = [new Float64Array(size), new Float64Array(size)];
  /** Bit 0: has a negative; bit 1: has a positive. */
  const holds = new Uint8Array(size);
  for (let place = 0; place < labels.length; place++) {
    const cluster = clusters[place]!;
    if (labels[place] === 1) positive[cluster]! += placements[place]! - auroc;
    else negative[cluster]! += placements[place]! - auroc;
    holds[cluster]! |= 1 << labels[place]!;
  }
  const counts = [0, 0, 0, 0];
  for (const bits of holds) counts[bits]!++;
  const [withNegative, withPositive] = [counts[1]! + counts[3]!, counts[2]! + counts[3]!];
  const all = counts[1]! + counts[2]! + counts[3]!;
  return {
    ...{ auroc, positives, negatives, positive, negative, varies: withPositive > 1 && withNegative > 1 },
    factors: {
      positive: withPositive / ((withPositive - 1) * positives * positives),
      negative: withNegative / ((withNegative - 1) * negatives * negatives),
      mixed: all / ((all - 1) * positives * negatives),
    },
  };
}

function covariance(a: Spread, b: Spread): number {
  const { positive, negative, mixed } = a.factors;
  return (
    positive * dot(a.positive, b.positive) +
    negative * dot(a.negative, b.negative) +
    mixed * (dot(a.positive, b.negative) + dot(a.negative, b.positive))
  );
}

/** Per film the share of films of the other class that it is ranked rightly against; a tie is a half. */
function placementValues({ labels, groupEnds, positives }: RankedSample, negatives: number): Float64Array {
  const placements = new Float64Array(labels.length);
  let [above, below] = [0, 0];
  let [start, tied] = [0, 0];
  for (let end = 0; end < labels.length; end++) {
    tied += labels[end]!;
    if (groupEnds[end] === 0) continue;
    const tiedNegatives = end + 1 - start - tied;
    const ofPositive = (negatives - below - tiedNegatives / 2) / negatives;
    const ofNegative = (above + tied / 2) / positives;
    for (let place = start; place <= end; place++) placements[place] = labels[place] === 1 ? ofPositive : ofNegative;
    above += tied;
    below += tiedNegatives;
    [start, tied] = [end + 1, 0];
  }
  return placements;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
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
