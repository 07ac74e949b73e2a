/**
 * What a new model would do on a site's films: how well it ranks them, beside the model that reads now; the cut-offs
 * that keep the site's budget of alarms; and the films whose flags would change.
 */
import type { AcceptedFinding, ChangedFlags } from '#main/contract/acceptance';
import { isFlagged } from '#main/contract/priority';
import { alarmBudgetCutoffs } from './alarmBudget';
import { estimateAuroc, pairedTest } from './delong';
import { rankFilms, rankScores, type RankedFilms, type RankedSample } from './rankedFilms';
import type { ScoredFilms } from './scoredFilms';

/** The same films in the same order as the new model's; its flags are those of the cut-offs that it reads with. */
export type ReadingModel = { readonly set: ScoredFilms; readonly cutoffs: Readonly<Record<string, number | null>> };

export type AcceptanceFigures = {
  readonly cutoffs: Readonly<Record<string, number | null>>;
  readonly findings: Readonly<Record<string, AcceptedFinding>>;
  /** Null where the films have no labels: nobody knows which are normal. */
  readonly normals: number | null;
  /** Of the normal films, or of all of them. */
  readonly flaggedShare: number;
  readonly changed: readonly ChangedFlags[];
};

/** `labelled` false: `set.labels` are 0 and say nothing, and the budget is one of all films. */
export function measureAcceptance(
  set: ScoredFilms,
  options: { readonly labelled: boolean; readonly budget: number; readonly reading: ReadingModel | null },
): AcceptanceFigures {
  const { labelled, budget, reading } = options;
  const films = rankFilms(set);
  const values = alarmBudgetCutoffs(films, budget);
  const cutoffs = Object.fromEntries(set.findings.map((finding, index) => [finding, values[index] ?? null]));
  const described = set.findings.map((finding, index) => {
    const sample = labelled ? films.samples[index]! : null;
    return [finding, { ...compare(sample, pairOf(set, index, reading, labelled)), cutoff: cutoffs[finding]! }] as const;
  });
  const flags = flagsOf(set, cutoffs);
  return {
    cutoffs,
    findings: Object.fromEntries(described),
    normals: labelled ? films.normals.length : null,
    flaggedShare: shareFlagged(films, flags),
    changed: reading === null ? [] : changedFlags(set, flags, flagsOf(reading.set, reading.cutoffs)),
  };
}

type Pair = { readonly first: RankedSample; readonly second: RankedSample };

/** Films that both models have judged for this finding. */
function pairOf(set: ScoredFilms, index: number, reading: ReadingModel | null, labelled: boolean): Pair | null {
  if (reading === null || !labelled) return null;
  const other = reading.set.probabilities[reading.set.findings.indexOf(set.findings[index]!)];
  if (other === undefined) return null;
  const own = set.probabilities[index]!;
  const columns = { labels: set.labels[index]!, patients: set.patients, patientCount: set.patientCount };
  return {
    first: rankScores({ ...columns, scores: own.map((score, film) => (Number.isNaN(other[film]!) ? NaN : score)) }),
    second: rankScores({ ...columns, scores: other.map((score, film) => (Number.isNaN(own[film]!) ? NaN : score)) }),
  };
}

function compare(sample: RankedSample | null, pair: Pair | null): Omit<AcceptedFinding, 'cutoff'> {
  const own = sample === null ? null : estimateAuroc(sample, 'patient');
  const other = pair === null ? null : estimateAuroc(pair.second, 'patient');
  const test = pair === null ? null : pairedTest(pair.first, pair.second, 'patient');
  return {
    n: sample?.labels.length ?? 0,
    positives: sample?.positives ?? 0,
    auroc: own?.auroc ?? null,
    aurocLow: own?.interval?.low ?? null,
    aurocHigh: own?.interval?.high ?? null,
    otherAuroc: other?.auroc ?? null,
    difference: test?.difference ?? null,
    differenceLow: test?.low ?? null,
    differenceHigh: test?.high ?? null,
    p: test?.p ?? null,
  };
}

/** Per film the findings that are flagged. */
function flagsOf(set: ScoredFilms, cutoffs: ReadingModel['cutoffs']): string[][] {
  return set.films.map((_, film) =>
    set.findings.filter((finding, index) => {
      const probability = set.probabilities[index]![film]!;
      return !Number.isNaN(probability) && isFlagged(probability, cutoffs[finding] ?? null);
    }),
  );
}

function shareFlagged({ normals, films }: RankedFilms, flags: readonly string[][]): number {
  const counted = normals.length > 0 ? normals : films;
  if (counted.length === 0) return 0;
  return counted.filter((film) => flags[film]!.length > 0).length / counted.length;
}

function changedFlags(set: ScoredFilms, flags: readonly string[][], before: readonly string[][]): ChangedFlags[] {
  return set.films.flatMap(({ key }, film) => {
    const gained = flags[film]!.filter((finding) => !before[film]!.includes(finding));
    const lost = before[film]!.filter((finding) => !flags[film]!.includes(finding));
    return gained.length + lost.length === 0 ? [] : [{ film: key, gained, lost }];
  });
}
