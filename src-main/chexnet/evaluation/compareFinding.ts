/** What two models say of one finding on the same films, film by film: no label is needed. */
import type { ComparedFinding, Pair } from '#main/contract/comparison';
import { pearson, spearman } from './correlate';

/** All are [n] with n ≥ 1, of the same films; `flagged` by each model's own cut-off of the film. */
export function compareFinding(
  [first, second]: Pair<Float64Array>,
  flagged: Pair<readonly boolean[]>,
): Omit<ComparedFinding, 'labelled'> {
  const flags = [0, 0] as [number, number];
  const flaggedByOne = [0, 0] as [number, number];
  let largestDifference = 0;
  for (let film = 0; film < first.length; film++) {
    const own = flagged[0][film]!;
    const other = flagged[1][film]!;
    if (own) flags[0]++;
    if (other) flags[1]++;
    if (own !== other) flaggedByOne[own ? 0 : 1]++;
    largestDifference = Math.max(largestDifference, Math.abs(first[film]! - second[film]!));
  }
  const mean = [meanOf(first), meanOf(second)] as const;
  return {
    pearson: pearson(first, second),
    spearman: spearman(first, second),
    mean,
    meanDifference: mean[0] - mean[1],
    largestDifference,
    flags,
    flaggedByOne,
  };
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
