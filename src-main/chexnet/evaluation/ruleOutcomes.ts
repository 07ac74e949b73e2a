/** What cut-offs do to a day's films: alarms on normal films, abnormal films caught, flags to look at. */
import type { RuleOutcome } from '#main/contract/evaluation';
import { createResampler, percentileInterval, type Interval, type Resampling } from './bootstrap';
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

/** One resample serves all rules. Yields after each. All films are of one set. */
export function* ruleOutcomes(
  tasks: readonly RuleTask[],
  patientCount: number,
  { count, seed }: Resampling,
): Generator<unknown, RuleOutcome[]> {
  const flagged = tasks.map((task) => ({ ...task, ...flagFilms(task.films, task.cutoffs) }));
  const normals = flagged.map(({ films, flags }) => countNormals(films, flags));
  const draws = tasks.map(() => new Float64Array(count));
  const resample = createResampler(patientCount, seed);
  for (let draw = 0; draw < count; draw++) {
    const weights = resample();
    normals.forEach((counts, task) => (draws[task]![draw] = shareFlagged(counts, weights)));
    yield;
  }
  return flagged.map((task, index) => outcomeOf(task, percentileInterval(draws[index]!)));
}

type FlaggedTask = RuleTask & ReturnType<typeof flagFilms>;

function outcomeOf({ rule, films, cutoffs, flags, correct }: FlaggedTask, interval: Interval | null): RuleOutcome {
  const { set, normals } = films;
  const isFlagged = (film: number): boolean => flags[film]! > 0;
  const abnormal = films.films.filter((film) => set.labels.some((column) => column[film] === 1));
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
    normalsFlagged: ratio(normals.filter(isFlagged).length, normals.length),
    normalsFlaggedLow: interval?.low ?? null,
    normalsFlaggedHigh: interval?.high ?? null,
    filmsFlagged: ratio(films.films.filter(isFlagged).length, films.films.length) ?? 0,
    abnormalWithCorrectFlag: ratio(abnormal.filter((film) => correct[film] === 1).length, abnormal.length),
    flagsPerFilm:
      ratio(
        films.films.reduce((sum, film) => sum + flags[film]!, 0),
        films.films.length,
      ) ?? 0,
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

type NormalCounts = { readonly films: Float64Array; readonly flagged: Float64Array };

/** By patient. */
function countNormals({ set, normals }: RankedFilms, flags: Uint16Array): NormalCounts {
  const films = new Float64Array(set.patientCount);
  const flagged = new Float64Array(set.patientCount);
  for (const film of normals) {
    const patient = set.patients[film]!;
    films[patient]! += 1;
    if (flags[film]! > 0) flagged[patient]! += 1;
  }
  return { films, flagged };
}

function shareFlagged({ films, flagged }: NormalCounts, weights: Float64Array): number {
  let [all, alarms] = [0, 0];
  for (let patient = 0; patient < weights.length; patient++) {
    all += weights[patient]! * films[patient]!;
    alarms += weights[patient]! * flagged[patient]!;
  }
  return alarms / all;
}
