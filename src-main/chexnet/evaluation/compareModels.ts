/** Two models on the same films: what differs, and whether beyond chance. */
import type { ModelComparison, PairedFinding } from '#main/contract/evaluation';
import { createResampler, percentileInterval } from './bootstrap';
import { pairedTest } from './delong';
import { measure, rankSample, type RankedSample } from './rankedSample';
import type { Resampling } from './ruleOutcomes';
import { countPatients, findingSample, selectFilms, type ScoredFilms } from './scoredFilms';

type Pair = {
  readonly finding: string;
  readonly first: RankedSample;
  readonly second: RankedSample;
  readonly paired: PairedFinding;
};

/** Films are matched by key; labels and patients are those of `first`. Yields after each resample. */
export function* compareModels(
  first: ScoredFilms,
  second: ScoredFilms,
  other: string,
  { count, seed }: Resampling,
): Generator<unknown, ModelComparison> {
  const places = new Map(second.films.map(({ key }, film) => [key, film]));
  const shared = selectFilms(first, (film) => places.has(first.films[film]!.key));
  const pairs = shared.findings.flatMap((finding, index) => {
    const column = second.probabilities[second.findings.indexOf(finding)];
    if (column === undefined) return [];
    const otherScores = Float64Array.from(shared.films, ({ key }) => column[places.get(key)!]!);
    return [pairOf(shared, index, otherScores)];
  });
  const resample = createResampler(shared.patientCount, seed);
  const draws = [...pairs, null].map(() => new Float64Array(count));
  for (let draw = 0; draw < count; draw++) {
    const weights = resample();
    const differences = pairs.map((pair) => differenceOf(pair, weights));
    [...differences, meanOf(differences)].forEach((value, place) => (draws[place]![draw] = value));
    yield;
  }
  const mean = meanOf(pairs.map((pair) => differenceOf(pair, null)));
  return {
    other,
    n: shared.films.length,
    patients: countPatients(shared.patients),
    findings: Object.fromEntries(pairs.map(({ finding, paired }, place) => [finding, within(paired, draws[place]!)])),
    mean: within(
      {
        findings: pairs.filter(({ paired }) => paired.difference !== null).length,
        ...NO_DIFFERENCE,
        difference: Number.isNaN(mean) ? null : mean,
      },
      draws.at(-1)!,
    ),
  };
}

const NO_DIFFERENCE = { difference: null, differenceLow: null, differenceHigh: null };

function pairOf(set: ScoredFilms, index: number, otherScores: Float64Array): Pair {
  const own = set.probabilities[index]!;
  // Both must have judged a film.
  const both = (scores: Float64Array): Float64Array =>
    scores.map((score, film) => (Number.isNaN(own[film]! + otherScores[film]!) ? NaN : score));
  const of = (scores: Float64Array) =>
    findingSample({ ...set, probabilities: set.probabilities.with(index, scores) }, index);
  const [first, second] = [of(both(own)), of(both(otherScores))];
  const byPatient = pairedTest(first.scores, second.scores, first.labels, first.patients);
  const byFilm = pairedTest(first.scores, second.scores, first.labels, null);
  const [a, b] = [rankSample(first), rankSample(second)];
  const [auroc, otherAuroc] = [measure(a, null, null).auroc, measure(b, null, null).auroc];
  return {
    finding: set.findings[index]!,
    first: a,
    second: b,
    paired: {
      n: first.labels.length,
      positives: first.positives,
      auroc: Number.isNaN(auroc) ? null : auroc,
      otherAuroc: Number.isNaN(otherAuroc) ? null : otherAuroc,
      ...NO_DIFFERENCE,
      difference: Number.isNaN(auroc) ? null : auroc - otherAuroc,
      p: byPatient?.p ?? null,
      pByFilm: byFilm?.p ?? null,
    },
  };
}

function differenceOf({ first, second }: Pair, weights: Float64Array | null): number {
  return measure(first, null, weights).auroc - measure(second, null, weights).auroc;
}

function meanOf(values: readonly number[]): number {
  const defined = values.filter((value) => !Number.isNaN(value));
  return defined.reduce((sum, value) => sum + value, 0) / defined.length;
}

function within<Row extends { readonly difference: number | null }>(row: Row, draws: Float64Array): Row {
  const interval = row.difference === null ? null : percentileInterval(draws);
  return { ...row, differenceLow: interval?.low ?? null, differenceHigh: interval?.high ?? null };
}
