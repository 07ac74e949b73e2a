/** What cut-offs do to a day's films: alarms on normal films, abnormal films caught, flags to look at. */
import type { RuleFigure, RuleOutcome } from '#main/contract/evaluation';
import type { WithInterval } from '#main/contract/interval';
import { createResampler, percentileInterval, type Resampling } from './bootstrap';
import { measure } from './measure';
import { flagFilms } from './operatingPoint';
import type { RankedFilms } from './rankedFilms';

/** Cut-offs and films that they were not chosen on. */
export type RuleTask = {
  readonly rule: string;
  readonly films: RankedFilms;
  /** In the order of the set's findings. */
  readonly cutoffs: readonly (number | null)[];
};

const FIGURES = ['normalsFlagged', 'filmsFlagged', 'abnormalWithCorrectFlag', 'flagsPerFilm'] as const;

/** One resample serves all rules. Yields after each. All films are of one set. */
export function* ruleOutcomes(
  tasks: readonly RuleTask[],
  patientCount: number,
  { count, seed }: Resampling,
): Generator<unknown, RuleOutcome[]> {
  const counted = tasks.map((task) => countByPatient(task));
  const draws = tasks.map(() => FIGURES.map(() => new Float64Array(count)));
  const resample = createResampler(patientCount, seed);
  for (let draw = 0; draw < count; draw++) {
    const weights = resample();
    counted.forEach((counts, task) => {
      FIGURES.forEach((figure, place) => (draws[task]![place]![draw] = weightedRatio(counts[figure], weights)));
    });
    yield;
  }
  const once = new Float64Array(patientCount).fill(1);
  return tasks.map((task, index) => {
    const figures = FIGURES.flatMap((figure, place) => {
      const value = weightedRatio(counted[index]![figure], once);
      const interval = Number.isNaN(value) ? null : percentileInterval(draws[index]![place]!);
      return [
        [figure, Number.isNaN(value) ? null : value],
        [`${figure}Low`, interval?.low ?? null],
        [`${figure}High`, interval?.high ?? null],
      ];
    });
    return { ...outcomeOf(task), ...(Object.fromEntries(figures) as WithInterval<RuleFigure>) };
  });
}

function outcomeOf({ rule, films, cutoffs }: RuleTask): Omit<RuleOutcome, keyof WithInterval<RuleFigure>> {
  const { set, normals } = films;
  const isNormal = new Uint8Array(set.films.length);
  for (const film of normals) isNormal[film] = 1;
  const rates = films.samples.map((sample, index) => {
    const cutoff = cutoffs[index] ?? null;
    const { truePositives, positives } = measure(sample, { cutoff, reported: null });
    const reported = Uint8Array.from(sample.films, (film) => isNormal[film]!);
    const { falsePositives, negatives } = measure(sample, { cutoff, reported });
    return { sensitivity: ratio(truePositives, positives), alarms: ratio(falsePositives, negatives) };
  });
  const sensitivities = rates.map(({ sensitivity }) => sensitivity).filter((value) => value !== null);
  return {
    rule,
    cutoffs: byFinding(set.findings, cutoffs),
    n: films.films.length,
    normals: normals.length,
    meanSensitivity: ratio(
      sensitivities.reduce((sum, value) => sum + value, 0),
      sensitivities.length,
    ),
    split: byFinding(
      set.findings,
      rates.map(({ alarms }) => alarms),
    ),
  };
}

function byFinding(findings: readonly string[], values: readonly (number | null)[]): Record<string, number | null> {
  return Object.fromEntries(findings.map((finding, index) => [finding, values[index] ?? null]));
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** Sums by patient; the figure is their quotient. */
type Quotient = { readonly parts: Float64Array; readonly wholes: Float64Array };

function countByPatient({ films, cutoffs }: RuleTask): Readonly<Record<RuleFigure, Quotient>> {
  const { set, normals } = films;
  const { flags, correct } = flagFilms(films, cutoffs);
  const abnormal = films.films.filter((film) => set.labels.some((column) => column[film] === 1));
  const flagged = (film: number): number => Math.min(1, flags[film]!);
  function quotient(counted: Int32Array, part: (film: number) => number): Quotient {
    const [parts, wholes] = [new Float64Array(set.patientCount), new Float64Array(set.patientCount)];
    for (const film of counted) {
      const patient = set.patients[film]!;
      wholes[patient]! += 1;
      parts[patient]! += part(film);
    }
    return { parts, wholes };
  }
  return {
    normalsFlagged: quotient(normals, flagged),
    filmsFlagged: quotient(films.films, flagged),
    abnormalWithCorrectFlag: quotient(abnormal, (film) => correct[film]!),
    flagsPerFilm: quotient(films.films, (film) => flags[film]!),
  };
}

/** NaN where nothing is counted. */
function weightedRatio({ parts, wholes }: Quotient, weights: Float64Array): number {
  let [part, whole] = [0, 0];
  for (let patient = 0; patient < weights.length; patient++) {
    part += weights[patient]! * parts[patient]!;
    whole += weights[patient]! * wholes[patient]!;
  }
  return part / whole;
}
