/** One pass over a finding's ranked films: all of its figures, each film counted as often as its patient was drawn. */
import type { RankedSample } from './rankedFilms';

/** What is counted at the cut-offs. Arrays are by film of the set; null: no film is flagged, or normal; all count. */
export type Counting = {
  readonly flags: Uint8Array | null;
  readonly reported: Uint8Array | null;
  readonly normal: Uint8Array | null;
};

/** Weighted sums where films are weighted. Those that need both classes are NaN without one. */
export type Measures = {
  readonly auroc: number;
  /** Σ (recall − recall before) · precision, equal scores together (scikit-learn's average_precision_score). */
  readonly averagePrecision: number;
  /** Mean squared difference of probability and label. */
  readonly brier: number;
  /** Expected calibration error: Σ share of films · |mean probability − share of positives| over the bins. */
  readonly ece: number;
  /** Of the films that the cut-offs are reported on: all, and those that are flagged. */
  readonly positives: number;
  readonly negatives: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly normals: number;
  readonly normalsFlagged: number;
};

const EVERYTHING: Counting = { flags: null, reported: null, normal: null };

const [POSITIVE, REPORTED, FLAGGED, NORMAL] = [1, 2, 4, 8];
const KINDS = 16;

/** What a film counts as, in the ranking's order. */
export function kindsOf({ labels, films }: RankedSample, { flags, reported, normal }: Counting): Uint8Array {
  return labels.map((label, place) => {
    const film = films[place]!;
    const isReported = reported === null || reported[film] !== 0;
    return (
      label * POSITIVE + Number(isReported) * REPORTED + (flags?.[film] ?? 0) * FLAGGED + (normal?.[film] ?? 0) * NORMAL
    );
  });
}

/** `weights` per patient: how often each was drawn; null counts every film once. */
export function measure(
  sample: RankedSample,
  counting: Counting = EVERYTHING,
  weights: Float64Array | null = null,
): Measures {
  return measureKinds(sample, kindsOf(sample, counting), weights);
}

/** As `measure`, with what does not change between resamples made before. */
export function measureKinds(
  { scores, patients, groupEnds }: RankedSample,
  kinds: Uint8Array,
  weights: Float64Array | null,
): Measures {
  /** Films so far, by kind. */
  const counts = new Float64Array(KINDS);
  let groupPositives = 0;
  let groupNegatives = 0;
  let above = 0;
  let below = 0;
  let pairs = 0;
  let precisionSum = 0;
  let squares = 0;
  let distance = 0;
  let bin = 0;
  /** Of the bin at hand: sum of probabilities − number of positives. */
  let excess = 0;
  for (let place = 0; place < scores.length; place++) {
    const kind = kinds[place]!;
    const weight = weights === null ? 1 : weights[patients[place]!]!;
    counts[kind]! += weight;
    if ((kind & POSITIVE) === 0) groupNegatives += weight;
    else groupPositives += weight;
    const end = groupEnds[place]!;
    if (end === 0) continue;
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
    groupPositives = 0;
    groupNegatives = 0;
  }
  const films = above + below;
  return {
    auroc: pairs / (above * below),
    averagePrecision: below === 0 ? Number.NaN : precisionSum / above,
    brier: squares / films,
    ece: (distance + Math.abs(excess)) / films,
    ...countsAtCutoffs(counts),
  };
}

/** What a rate is a share of: bits that its films have, and bits that they lack. */
const SHARED = {
  positives: [REPORTED | POSITIVE, 0],
  negatives: [REPORTED, POSITIVE],
  flagged: [REPORTED | FLAGGED, 0],
  unflagged: [REPORTED, FLAGGED],
  normals: [REPORTED | NORMAL, 0],
} as const;

export type Shared = keyof typeof SHARED;

/** Patients with a film of that kind. */
export function countPatientsOf({ patients }: RankedSample, kinds: Uint8Array, shared: Shared): number {
  const [has, lacks] = SHARED[shared];
  const isOne = (_: number, place: number): boolean => (kinds[place]! & has) === has && (kinds[place]! & lacks) === 0;
  return new Set(patients.filter(isOne)).size;
}

type CutoffCounts = Omit<Measures, 'auroc' | 'averagePrecision' | 'brier' | 'ece'>;

function countsAtCutoffs(counts: Float64Array): CutoffCounts {
  /** Films that have all of the bits in `has` and none in `lacks`. */
  function total(has: number, lacks = 0): number {
    return counts.reduce((sum, count, kind) => ((kind & has) === has && (kind & lacks) === 0 ? sum + count : sum), 0);
  }
  return {
    positives: total(REPORTED | POSITIVE),
    negatives: total(REPORTED, POSITIVE),
    truePositives: total(REPORTED | POSITIVE | FLAGGED),
    falsePositives: total(REPORTED | FLAGGED, POSITIVE),
    normals: total(REPORTED | NORMAL),
    normalsFlagged: total(REPORTED | NORMAL | FLAGGED),
  };
}
