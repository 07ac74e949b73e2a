/** What two models say of one finding on the same films, film by film: no label is needed. */
import type { ComparedFinding, Pair } from '#main/contract/comparison';
import { isFlagged } from '#main/contract/priority';
import { pearson, spearman } from './correlate';

/** `first` and `second` are [n] with n ≥ 1, of the same films; a cut-off that is null flags nothing. */
export function compareFinding(
  [first, second]: Pair<Float64Array>,
  cutoffs: Pair<number | null>,
): Omit<ComparedFinding, 'labelled'> {
  const flags = [0, 0] as [number, number];
  const flaggedByOne = [0, 0] as [number, number];
  let largestDifference = 0;
  for (let film = 0; film < first.length; film++) {
    const own = isFlagged(first[film]!, cutoffs[0]);
    const other = isFlagged(second[film]!, cutoffs[1]);
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
