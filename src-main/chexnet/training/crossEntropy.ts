/** The loss of the paper: binary cross-entropy of each label, each with its factor. */
import type { TrainingTask } from '#main/contract/run';

/** As PyTorch's BCELoss: a probability that rounds to 0 or 1 costs this much, not infinitely much. */
const MOST = 100;

/**
 * Factors of positive and negative labels. All findings: 1 and 1, "unweighted". Pneumonia against the rest (section
 * 2.1 of the paper): w+ is the share of the negatives, w− that of the positives, so that both weigh the same in sum.
 */
export type LabelFactors = { readonly positive: number; readonly negative: number };

/** Of one finding's training labels: 1, 0, and −1 where nothing is known. */
export function labelFactors(task: TrainingTask, positives: number, negatives: number): LabelFactors {
  const known = positives + negatives;
  if (task === 'findings' || known === 0) return { positive: 1, negative: 1 };
  return { positive: negatives / known, negative: positives / known };
}

/** `labels` [count,findings] of 1, 0, −1 → factor of each label, 0 where it is unknown. */
export function labelWeights(labels: Int8Array, factors: readonly LabelFactors[]): Float32Array {
  return Float32Array.from(labels, (label, index) => {
    const { positive, negative } = factors[index % factors.length]!;
    return label === 1 ? positive : label === 0 ? negative : 0;
  });
}

/** Σ weight · cross-entropy / number of labels, for the probabilities of films, not of logits. NaN stays NaN. */
export function crossEntropy(probabilities: Float32Array, labels: ArrayLike<number>, weights: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < probabilities.length; i++) {
    if (weights[i] === 0) continue;
    const p = probabilities[i]!;
    sum -= weights[i]! * Math.max(Math.log(labels[i] === 1 ? p : 1 - p), -MOST);
  }
  return sum / probabilities.length;
}
