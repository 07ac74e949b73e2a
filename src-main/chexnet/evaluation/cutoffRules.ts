/**
 * Rules that choose cut-offs. Each is applied to films that the figures are not reported on: a cut-off that is judged
 * on the films it was chosen on looks better than it is.
 */
import { AppError } from '#main/contract/errors';
import { alarmBudgetCutoffs } from './alarmBudget';
import { cutoffBetween } from './operatingPoint';
import type { RankedFilms, RankedSample } from './rankedFilms';

export type CutoffRule =
  | { readonly kind: 'youden' }
  | { readonly kind: 'f1' }
  /**
   * `share` in 0 … 1: at least this sensitivity or specificity; at most this share of normal films flagged; this very
   * probability for every finding.
   */
  | { readonly kind: 'sensitivity' | 'specificity' | 'budget' | 'fixed'; readonly share: number };

/** `youden`, `f1`, `sensitivity:0.9`, `specificity:95%`, `budget:15%`. Throws `usage/invalid`. */
export function parseRule(text: string): CutoffRule {
  const [, kind, number, percent] = /^([a-z0-9]+)(?::([0-9.]+)(%?))?$/.exec(text.trim().toLowerCase()) ?? [];
  if ((kind === 'youden' || kind === 'f1') && number === undefined) return { kind };
  const share = Number(number) / (percent === '%' ? 100 : 1);
  const isKnown = kind === 'sensitivity' || kind === 'specificity' || kind === 'budget' || kind === 'fixed';
  if (isKnown && share > 0 && share < 1) return { kind, share };
  throw new AppError(
    'usage/invalid',
    `${text} is no rule for cut-offs: youden, f1, sensitivity:0.9, specificity:0.95, budget:0.15 and fixed:0.5 are.`,
  );
}

export function describeRule(rule: CutoffRule): string {
  if (rule.kind === 'youden') return 'Youden';
  if (rule.kind === 'f1') return 'maximum F1';
  if (rule.kind === 'fixed') return `${rule.share} for every finding`;
  const percent = describeShare(rule.share);
  return rule.kind === 'budget' ? `alarm budget ${percent}` : `${percent} ${rule.kind}`;
}

export function describeShare(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}

/**
 * Per finding a cut-off of 6 decimals, to be compared with the probability as printed; null where nothing can be
 * chosen, because a class is missing.
 */
export function chooseCutoffs(films: RankedFilms, rule: CutoffRule): (number | null)[] {
  if (rule.kind === 'budget') return alarmBudgetCutoffs(films, rule.share);
  return films.samples.map((sample) => bestCutoff(sample, rule));
}

/** What a rule wants most, at a cut-off with so many true and false positives; −∞ = not allowed. */
type Merit = (truePositives: number, falsePositives: number, positives: number, negatives: number) => number;

function meritOf(rule: CutoffRule): Merit {
  if (rule.kind === 'youden') return (tp, fp, positives, negatives) => tp / positives - fp / negatives;
  if (rule.kind === 'f1') return (tp, fp, positives) => (2 * tp) / (tp + fp + positives);
  if (rule.kind === 'sensitivity') {
    return (tp, fp, positives) => (tp >= rule.share * positives ? -fp : Number.NEGATIVE_INFINITY);
  }
  return (tp, fp, _, negatives) => (fp <= (1 - rule.share) * negatives ? tp : Number.NEGATIVE_INFINITY);
}

function bestCutoff(sample: RankedSample, rule: CutoffRule): number | null {
  const { scores, labels, groupEnds, positives } = sample;
  const negatives = scores.length - positives;
  if (rule.kind === 'fixed') return rule.share;
  if (positives === 0 || negatives === 0) return null;
  const merit = meritOf(rule);
  let truePositives = 0;
  // Not one film flagged is a choice too, but no cut-off: it would be told as one that was never met.
  let best = Number.NEGATIVE_INFINITY;
  let cutoff: number | null = null;
  for (let index = 0; index < scores.length; index++) {
    truePositives += labels[index]!;
    if (groupEnds[index] === 0) continue;
    const here = merit(truePositives, index + 1 - truePositives, positives, negatives);
    if (here <= best) continue;
    best = here;
    cutoff = cutoffBetween(scores[index]!, scores[index + 1]);
  }
  return cutoff;
}
