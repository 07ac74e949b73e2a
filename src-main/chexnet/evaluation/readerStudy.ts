/**
 * Readers and a model on the same films. F1 = 2 · both / (films that one calls positive + films that the other does):
 * it is the same whoever of the two is called the truth. Films that one of the two has not answered are left out of
 * that pair alone.
 */
import type { RaterF1, ReaderComparison, ReaderTruth, TruthF1 } from '#main/contract/readerStudy';
import { createResampler, withInterval, type Resampling } from './bootstrap';
import { sumTally, tallyByPatient, type PatientTally } from './patientTally';

/** Films in rows: 1 present, 0 absent, −1 not answered, unsure, or not judged. */
export type StudyFilms = {
  /** [readers][n] */
  readonly readers: readonly Int8Array[];
  /** [n] */
  readonly model: Int8Array;
  /** [n], 0 … patientCount − 1: drawn together. */
  readonly patients: Int32Array;
  readonly patientCount: number;
};

export type StudyNames = { readonly readers: readonly string[]; readonly model: string };

type Answers = Int8Array;

/** What one is compared with: places of pairs, and what each truth is called. */
type Rater = { readonly name: string; readonly pairs: readonly number[] };

type Definition = {
  readonly truth: ReaderTruth;
  readonly readers: readonly Rater[];
  readonly model: Rater;
  readonly tied: readonly number[];
};

type Pair = { readonly truthName: string; readonly first: Answers; readonly truth: Answers };

/** Of two readers or more. Yields after each resample. */
export function* readerStudy(
  films: StudyFilms,
  names: StudyNames,
  { count, seed }: Resampling,
): Generator<unknown, Readonly<Record<ReaderTruth, ReaderComparison>>> {
  const pairs: Pair[] = [];
  const definitions = defineComparisons(films, names, pairs);
  const tally = tallyPairs(pairs, films);
  const draws = definitions.map(({ readers }) => readers.concat(NOBODY).map(() => new Float64Array(count)));
  const differences = definitions.map(() => new Float64Array(count));
  const means = definitions.map(() => new Float64Array(count));
  const pairDraws = pairs.map(() => new Float64Array(count));
  const resample = createResampler(films.patientCount, seed);
  for (let draw = 0; draw < count; draw++) {
    const f1 = f1OfPairs(tally, resample());
    f1.forEach((value, pair) => (pairDraws[pair]![draw] = value));
    definitions.forEach((definition, place) => {
      const { raters, mean, difference } = figuresOf(definition, f1);
      raters.forEach((value, rater) => (draws[place]![rater]![draw] = value));
      means[place]![draw] = mean;
      differences[place]![draw] = difference;
    });
    yield;
  }
  const f1 = f1OfPairs(tally, null);
  const compared = definitions.map((definition, place): readonly [ReaderTruth, ReaderComparison] => {
    const { raters, mean, difference } = figuresOf(definition, f1);
    const describe = ({ name, pairs: places }: Rater, rater: number): RaterF1 => ({
      rater: name,
      ...withInterval('f1', raters[rater]!, draws[place]![rater]!),
      against: places.map((pair) => describePair(pairs[pair]!, f1[pair]!, pairDraws[pair]!)),
    });
    return [
      definition.truth,
      {
        readers: definition.readers.map(describe),
        mean: withInterval('f1', mean, means[place]!),
        model: describe(definition.model, definition.readers.length),
        difference: withInterval('difference', difference, differences[place]!),
        tied: definition.tied,
      },
    ];
  });
  return Object.fromEntries(compared) as Record<ReaderTruth, ReaderComparison>;
}

/** Stands in the place of the model, behind the readers. */
const NOBODY: Rater = { name: '', pairs: [] };

/** Notes the pairs that are needed, and who is measured by which. */
function defineComparisons({ readers, model }: StudyFilms, names: StudyNames, pairs: Pair[]): Definition[] {
  const places = readers.map((_, place) => place);
  const others = (reader: number): number[] => places.filter((place) => place !== reader);
  function add(truthName: string, first: Answers, truth: Answers): number {
    return pairs.push({ truthName, first, truth }) - 1;
  }
  const rated = (pairsOf: (reader: number) => readonly number[]): Rater[] =>
    places.map((reader) => ({ name: names.readers[reader]!, pairs: pairsOf(reader) }));
  const byReader = places.map((reader) =>
    others(reader).map((other) => add(names.readers[other]!, readers[reader]!, readers[other]!)),
  );
  const modelByReader = places.map((reader) => add(names.readers[reader]!, model, readers[reader]!));
  const readerByModel = places.map((reader) => add(names.model, readers[reader]!, model));
  const votes = places.map((reader) => majorityOf(others(reader).map((other) => readers[other]!)));
  const voters = places.map(
    (reader) =>
      `majority of ${others(reader)
        .map((other) => names.readers[other]!)
        .join(', ')}`,
  );
  const byMajority = places.map((reader) => add(voters[reader]!, readers[reader]!, votes[reader]!.answers));
  const modelByMajority = places.map((reader) => add(voters[reader]!, model, votes[reader]!.answers));
  const modelAgainst = (against: readonly number[]): Rater => ({ name: names.model, pairs: against });
  return [
    {
      truth: 'eachReader',
      readers: rated((reader) => byReader[reader]!),
      model: modelAgainst(modelByReader),
      tied: [],
    },
    {
      truth: 'eachLabel',
      readers: rated((reader) => [...byReader[reader]!, readerByModel[reader]!]),
      model: modelAgainst(modelByReader),
      tied: [],
    },
    {
      truth: 'majority',
      readers: rated((reader) => [byMajority[reader]!]),
      model: modelAgainst(modelByMajority),
      tied: votes.map(({ tied }) => tied),
    },
  ];
}

/** What more than half of those who have answered say; −1 where nobody has, or as many say the one as the other. */
function majorityOf(readers: readonly Answers[]): { readonly answers: Answers; readonly tied: number } {
  const answers = new Int8Array(readers[0]?.length ?? 0).fill(-1);
  let tied = 0;
  for (let film = 0; film < answers.length; film++) {
    let [present, absent] = [0, 0];
    for (const reader of readers) {
      if (reader[film] === 1) present++;
      else if (reader[film] === 0) absent++;
    }
    if (present !== absent) answers[film] = present > absent ? 1 : 0;
    else if (present > 0) tied++;
  }
  return { answers, tied };
}

/** Of each pair: films that both call positive, and how often a film is called so. */
function tallyPairs(pairs: readonly Pair[], { patients }: StudyFilms): PatientTally {
  return tallyByPatient(patients.keys(), patients, pairs.length * 2, (film, row) => {
    pairs.forEach(({ first, truth }, pair) => {
      const [one, other] = [first[film]!, truth[film]!];
      if (one < 0 || other < 0) return;
      row[pair * 2]! += one * other;
      row[pair * 2 + 1]! += one + other;
    });
  });
}

/** NaN where neither of a pair calls any film positive. */
function f1OfPairs(tally: PatientTally, weights: Float64Array | null): Float64Array {
  const sums = sumTally(tally, weights);
  return Float64Array.from({ length: tally.width / 2 }, (_, pair) => (2 * sums[pair * 2]!) / sums[pair * 2 + 1]!);
}

function figuresOf({ readers, model }: Definition, f1: Float64Array) {
  const raters = [...readers, model].map(({ pairs }) => meanOf(pairs.map((pair) => f1[pair]!)));
  const mean = meanOf(raters.slice(0, -1));
  return { raters, mean, difference: raters.at(-1)! - mean };
}

function meanOf(values: readonly number[]): number {
  let [sum, count] = [0, 0];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return sum / count;
}

function describePair({ truthName, first, truth }: Pair, f1: number, draws: Float64Array): TruthF1 {
  let [n, positives] = [0, 0];
  truth.forEach((answer, film) => {
    if (answer < 0 || first[film]! < 0) return;
    n++;
    positives += answer;
  });
  return { truth: truthName, n, positives, ...withInterval('f1', f1, draws) };
}
