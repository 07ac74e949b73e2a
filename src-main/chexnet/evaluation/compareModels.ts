/** Two models on the same films: what differs, and whether beyond chance. */
import type { ModelComparison, PairedFinding } from '#main/contract/evaluation';
import type { WithInterval } from '#main/contract/interval';
import { createResampler, withInterval, type Resampling } from './bootstrap';
import { estimateAuroc, pairedTest } from './delong';
import { measure } from './measure';
import { pairedAuroc, rankPair, type RankedPair } from './rankedPair';
import type { ScoredFilms } from './scoredFilms';

type Pair = RankedPair & { readonly finding: string };

/** Films are matched by key; labels and patients are those of `first`. Yields after each resample. */
export function* compareModels(
  first: ScoredFilms,
  second: ScoredFilms,
  other: string,
  { count, seed }: Resampling,
): Generator<unknown, ModelComparison> {
  const pairs = pairFindings(first, second);
  const resample = createResampler(first.patientCount, seed);
  const draws = [...pairs, null].map(() => new Float64Array(count));
  for (let draw = 0; draw < count; draw++) {
    const weights = resample();
    const differences = pairs.map((pair) => differenceOf(pair, weights));
    [...differences, meanOf(differences)].forEach((value, place) => (draws[place]![draw] = value));
    yield;
  }
  const differences = pairs.map((pair) => differenceOf(pair, null));
  const films = new Set(pairs.flatMap(({ first: { films: places } }) => [...places]));
  return {
    other,
    n: films.size,
    patients: new Set([...films].map((film) => first.patients[film])).size,
    findings: Object.fromEntries(
      pairs.map((pair, place) => [
        pair.finding,
        describePair(pair, withInterval('difference', differences[place]!, draws[place]!)),
      ]),
    ),
    mean: {
      findings: differences.filter((difference) => !Number.isNaN(difference)).length,
      ...withInterval('difference', meanOf(differences), draws.at(-1)!),
    },
  };
}

function pairFindings(first: ScoredFilms, second: ScoredFilms): Pair[] {
  const places = new Map(second.films.map(({ key }, film) => [key, film]));
  const otherPlaces = first.films.map(({ key }) => places.get(key) ?? -1);
  return first.findings.flatMap((finding, index) => {
    const column = second.probabilities[second.findings.indexOf(finding)];
    if (column === undefined) return [];
    const others = Float64Array.from(otherPlaces, (place) => column[place] ?? Number.NaN);
    return [{ finding, ...rankPair(first, index, others) }];
  });
}

function describePair(pair: Pair, difference: WithInterval<'difference'>): PairedFinding {
  const { n, positives, auroc, aurocLow, aurocHigh, otherAuroc, p } = pairedAuroc(pair.first, pair);
  const other = estimateAuroc(pair.second, 'patient')?.interval ?? null;
  return {
    ...{ n, positives, auroc, aurocLow, aurocHigh, otherAuroc },
    otherAurocLow: other?.low ?? null,
    otherAurocHigh: other?.high ?? null,
    ...difference,
    p,
    pByFilm: pairedTest(pair.first, pair.second, 'film')?.p ?? null,
  };
}

function differenceOf({ first, second }: Pair, weights: Float64Array | null): number {
  return measure(first, undefined, weights).auroc - measure(second, undefined, weights).auroc;
}

function meanOf(values: readonly number[]): number {
  const defined = values.filter((value) => !Number.isNaN(value));
  return defined.reduce((sum, value) => sum + value, 0) / defined.length;
}
