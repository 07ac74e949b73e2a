/**
 * The one rule of urgency, for the window and the command line (printed by `hilum triage --help`).
 * A finding is flagged when its probability reaches its cut-off. With e = logit(p) − logit(cut-off), from the
 * probabilities as printed (6 decimals, clipped to 1e-6 … 1 − 1e-6), the priority is (4 − tier) + e/(1 + e) of the
 * flagged finding for which that is largest: the leading finding. Nothing flagged is 0, "no flag", never "normal".
 */
import type { FindingCutoff } from './cutoffs';
import { DEFAULT_URGENCY_TIERS, urgencyTier, type UrgencyTiers } from './findings';

export type Priority = {
  /** 0, or in [1, 4). */
  readonly value: number;
  readonly leadingFinding: string | null;
  readonly reason: string;
};

const SMALLEST = 1e-6;

/** A probability as every file and screen prints it. */
export function printedProbability(probability: number): string {
  return probability.toFixed(6);
}

function logit(probability: number): number {
  const clipped = Math.min(1 - SMALLEST, Math.max(SMALLEST, probability));
  return Math.log(clipped / (1 - clipped));
}

export function isFlagged(probability: number, cutoff: number | null): boolean {
  return cutoff !== null && Number(printedProbability(probability)) >= cutoff;
}

/** `probabilities` in the order of `cutoffs`, each in 0…1. */
export function priorityOf(
  probabilities: ArrayLike<number>,
  cutoffs: readonly FindingCutoff[],
  tiers: UrgencyTiers,
): Priority {
  let value = 0;
  let leadingFinding: string | null = null;
  const unmeasured: string[] = [];
  cutoffs.forEach(({ finding, cutoff, measured }, index) => {
    const probability = probabilities[index];
    if (probability === undefined || cutoff === null || !isFlagged(probability, cutoff)) return;
    const tier = urgencyTier(finding, tiers);
    if (tier === null) return;
    if (!measured) {
      unmeasured.push(finding);
      return;
    }
    const excess = logit(Number(printedProbability(probability))) - logit(cutoff);
    const urgency = 4 - tier + excess / (1 + excess);
    if (urgency > value) {
      value = urgency;
      leadingFinding = finding;
    }
  });
  return { value, leadingFinding, reason: reasonOf(leadingFinding, unmeasured) };
}

const SITE_URGENCY = '; urgency of this site: ';

/** The name of a set of cut-offs and, where they are the site's own, of the tiers: what a priority was made with. */
export function nameCutoffSet(cutoffSet: string, tiers: UrgencyTiers): string {
  const [cutoffs = ''] = cutoffSet.split(SITE_URGENCY);
  const changed = [...new Set([...Object.keys(tiers), ...Object.keys(DEFAULT_URGENCY_TIERS)])]
    .filter((finding) => urgencyTier(finding, tiers) !== urgencyTier(finding, DEFAULT_URGENCY_TIERS))
    .sort()
    .map((finding) => `${finding} ${urgencyTier(finding, tiers) ?? 'none'}`);
  return changed.length === 0 ? cutoffs : `${cutoffs}${SITE_URGENCY}${changed.join(', ')}`;
}

function reasonOf(leadingFinding: string | null, unmeasured: readonly string[]): string {
  const lead = leadingFinding === null ? 'no flag' : `${leadingFinding} at or above its cut-off`;
  return unmeasured.length === 0 ? lead : `${lead}; not measured: ${unmeasured.join(' ')}`;
}
