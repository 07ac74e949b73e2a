/** Measures several contestants turn by turn, so that a noisy neighbour or a warm processor meets all of them alike. */

/** Does the work once and says how many milliseconds it took. */
export type Measure = () => Promise<number>;

/**
 * Milliseconds by contestant; none of one who is not there (null). Each round starts with the next contestant, so
 * that nobody always runs after the same other.
 */
export async function interleave<Name extends string>(
  contestants: Readonly<Record<Name, Measure | null>>,
  rounds: number,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contestants) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length];
      const measure = name === undefined ? null : contestants[name];
      if (name !== undefined && measure !== null) samples[name].push(await measure());
    }
  }
  return samples;
}

/** Milliseconds that `work` takes. */
export async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/**
 * What is printed of a row of samples: the smallest, which is the machine undisturbed, and the first quartile, which
 * half as many disturbances cannot move. Means and maxima on a shared machine measure the neighbours.
 */
export function summarise(samples: readonly number[]): { readonly min: number; readonly firstQuartile: number } {
  const sorted = [...samples].sort((a, b) => a - b);
  return { min: sorted[0] ?? NaN, firstQuartile: sorted[Math.floor((sorted.length - 1) / 4)] ?? NaN };
}
