/** What an epoch's validation says: the loss, and the AUROC of each finding. */
import type { Measured } from '#main/contract/run';
import { aurocOf } from '../evaluation/auroc';
import { crossEntropy } from './crossEntropy';

export type ValidationLabels = {
  readonly findings: readonly string[];
  /** [films,findings]: 1, 0, and −1 where nothing is known. */
  readonly labels: Int8Array;
  /** [films,findings] */
  readonly weights: Float32Array;
};

/** `probabilities` [films,findings]. */
export function measureEpoch(probabilities: Float32Array, { findings, labels, weights }: ValidationLabels): Measured {
  const aurocs = findings.map((_, column) => {
    const known = [...probabilities.keys()].filter((at) => at % findings.length === column && labels[at] !== -1);
    const scores = Float64Array.from(known, (at) => probabilities[at]!);
    const truth = Uint8Array.from(known, (at) => labels[at]!);
    return aurocOf(scores, truth);
  });
  const defined = aurocs.filter((auroc) => auroc !== null);
  return {
    validationLoss: crossEntropy(probabilities, labels, weights),
    auroc: Object.fromEntries(findings.map((finding, column) => [finding, aurocs[column]!])),
    meanAuroc: defined.length === 0 ? null : defined.reduce((sum, auroc) => sum + auroc, 0) / defined.length,
  };
}
