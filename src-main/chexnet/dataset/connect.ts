/** What belongs together, over any number of steps (union-find). */
import type { NearPair } from './nearIdentical';

/** For each place 0 … count − 1 a number that all those have which `pairs` connect: the place of one of them. */
export function connect(count: number, pairs: Iterable<NearPair>): Int32Array {
  const parents = Int32Array.from({ length: count }, (_, place) => place);
  function rootOf(place: number): number {
    let root = place;
    for (let parent = parents[root]!; parent !== root; parent = parents[root]!) {
      parents[root] = parents[parent]!;
      root = parent;
    }
    return root;
  }
  for (const { one, other } of pairs) parents[rootOf(one)] = rootOf(other);
  return parents.map((_, place) => rootOf(place));
}
