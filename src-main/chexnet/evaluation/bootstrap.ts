/**
 * Bootstrap by patient: patients are drawn with replacement, each with all of its films, because films of one patient
 * are alike and an interval that ignores it is too narrow.
 */
import type { WithInterval } from '#main/contract/interval';
import { seededRandom } from './seededRandom';

/** How often patients are drawn, and the seed of the draws. */
export type Resampling = { readonly count: number; readonly seed: number };

export type Interval = { readonly low: number; readonly high: number };

/** A source of resamples: each call gives how often every patient was drawn. The array is used again. */
export function createResampler(patientCount: number, seed: number): () => Float64Array {
  const random = seededRandom(seed);
  const weights = new Float64Array(patientCount);
  return () => {
    weights.fill(0);
    for (let draw = 0; draw < patientCount; draw++) weights[random.integer(patientCount)]! += 1;
    return weights;
  };
}

/** Outside of an interval, at either end. */
const TAIL = 0.025;
/** Draws below this number say nothing of 2.5 and 97.5 %. */
const FEWEST_DRAWS = 40;

/**
 * The middle 95 % (linear between order statistics, as NumPy's `percentile`). Draws in which the figure is not
 * defined (NaN) are left out; null where too few are left.
 */
export function percentileInterval(draws: Float64Array): Interval | null {
  const sorted = draws.filter((draw) => !Number.isNaN(draw)).sort();
  if (sorted.length < FEWEST_DRAWS) return null;
  return { low: quantile(sorted, TAIL), high: quantile(sorted, 1 - TAIL) };
}

/**
 * Of a share. Where all of its films are alike, so are all draws, and would say that nothing else is possible: there
 * it is the exact interval of Clopper and Pearson, with each of the `patients` behind the share as one trial. `whole` is
 * what all of them are, as 100 of percentages.
 */
export function shareInterval(share: number, draws: Float64Array, patients: () => number, whole = 1): Interval | null {
  if (share !== 0 && share !== whole) return percentileInterval(draws);
  const bound = TAIL ** (1 / patients());
  return share === 0 ? { low: 0, high: whole * (1 - bound) } : { low: whole * bound, high: whole };
}

/** A figure under its name in a report. What is not defined (NaN) has no interval, even where some draws have a value. */
export function withInterval<Name extends string>(name: Name, value: number, draws: Float64Array): WithInterval<Name> {
  return nameFigure(name, value, Number.isNaN(value) ? null : percentileInterval(draws));
}

/** A share under its name in a report. */
export function withShareInterval<Name extends string>(
  name: Name,
  share: number,
  draws: Float64Array,
  patients: () => number,
): WithInterval<Name> {
  return nameFigure(name, share, Number.isNaN(share) ? null : shareInterval(share, draws, patients));
}

/** Value and interval under the names of a report. JSON knows no NaN: what is not defined is null. */
export function nameFigure<Name extends string>(
  name: Name,
  value: number,
  interval: Interval | null,
): WithInterval<Name> {
  return {
    [name]: Number.isNaN(value) ? null : value,
    [`${name}Low`]: interval?.low ?? null,
    [`${name}High`]: interval?.high ?? null,
  } as WithInterval<Name>;
}

/** `sorted` rises and is not empty; `share` in 0 … 1. */
function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (place - below);
}
