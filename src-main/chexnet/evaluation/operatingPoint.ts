/** What cut-offs do: which films they flag, and the rates that follow. */
import type { Measures } from './measure';
import type { ScoredFilms } from './scoredFilms';

/** NaN where a rate is not defined. */
export type Rates = {
  readonly f1: number;
  readonly sensitivity: number;
  readonly specificity: number;
  readonly ppv: number;
  readonly npv: number;
};

type Counts = Pick<Measures, 'positives' | 'negatives' | 'truePositives' | 'falsePositives'>;

export function ratesOf({ positives, negatives, truePositives, falsePositives }: Counts): Rates {
  const trueNegatives = negatives - falsePositives;
  const flagged = truePositives + falsePositives;
  return {
    // Without a positive film there is nothing to find: 0 would be a figure about the labels.
    f1: positives === 0 ? Number.NaN : (2 * truePositives) / (flagged + positives),
    sensitivity: truePositives / positives,
    specificity: trueNegatives / negatives,
    ppv: truePositives / flagged,
    npv: trueNegatives / (positives + negatives - flagged),
  };
}

/** PPV and NPV in a population in which `prevalence` of the films are positive (Bayes). NaN where not defined. */
export function atPrevalence(
  { sensitivity, specificity }: Pick<Rates, 'sensitivity' | 'specificity'>,
  prevalence: number,
): { readonly ppv: number; readonly npv: number } {
  const truePositive = sensitivity * prevalence;
  const falsePositive = (1 - specificity) * (1 - prevalence);
  const trueNegative = specificity * (1 - prevalence);
  const falseNegative = (1 - sensitivity) * prevalence;
  return { ppv: truePositive / (truePositive + falsePositive), npv: trueNegative / (trueNegative + falseNegative) };
}

/** As every file and screen compares: the probability with 6 decimals. */
const HALF_A_PRINTED_STEP = 5e-7;

/** The smallest unrounded probability that reaches the cut-off as printed; +∞ flags nothing. */
function thresholdOf(cutoff: number | null): number {
  return cutoff === null ? Number.POSITIVE_INFINITY : cutoff - HALF_A_PRINTED_STEP;
}

const DECIMALS = 1e6;

/**
 * A cut-off of 6 decimals that flags `flagged` and not `next`, where 6 decimals can tell them apart: halfway, so that
 * a film between the two is not decided by rounding.
 */
export function cutoffBetween(flagged: number, next: number | undefined): number {
  const half = Math.round(((flagged + (next ?? flagged)) / 2) * DECIMALS) / DECIMALS;
  const printed = Math.round(flagged * DECIMALS) / DECIMALS;
  return next !== undefined && half > Math.round(next * DECIMALS) / DECIMALS && half <= printed ? half : printed;
}

/** Per finding [n]: 1 where the film's probability reaches the cut-off. */
export function flagFilms(
  { probabilities }: Pick<ScoredFilms, 'probabilities'>,
  cutoffs: readonly (number | null)[],
): Uint8Array[] {
  return probabilities.map((column, finding) => {
    const threshold = thresholdOf(cutoffs[finding] ?? null);
    return Uint8Array.from(column, (probability) => (probability >= threshold ? 1 : 0));
  });
}
