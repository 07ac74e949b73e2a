/** The finding over which two models differ most on a film. */
import type { ComparedFilm, Pair } from '#main/contract/comparison';

export type LargestDifference = { readonly finding: string; readonly probabilities: Pair<number> };

export function largestOf({ probabilities }: ComparedFilm): LargestDifference {
  const apart = ([first, second]: Pair<number>): number => Math.abs(first - second);
  const [finding, pair] = Object.entries(probabilities).reduce((largest, other) =>
    apart(other[1]) > apart(largest[1]) ? other : largest,
  );
  return { finding, probabilities: pair };
}
