/**
 * What a new model would do on a site's films: how well it ranks them, beside the model that reads now; the cut-offs
 * that keep the site's budget of alarms; and the films whose flags would change.
 */
import type { AcceptedFinding, ChangedFlags } from '#main/contract/acceptance';
import type { ErrorGallery } from '#main/contract/evaluation';
import { isFlagged } from '#main/contract/priority';
import { alarmBudgetCutoffs } from './alarmBudget';
import { errorGallery } from './errorGallery';
import { rankFilms, type RankedFilms } from './rankedFilms';
import { pairedAuroc, rankPair, type RankedPair } from './rankedPair';
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
  /** By finding; {} without labels. */
  readonly galleries: Readonly<Record<string, ErrorGallery>>;
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
    return [
      finding,
      { ...pairedAuroc(sample, pairOf(set, index, reading, labelled)), cutoff: cutoffs[finding]! },
    ] as const;
  });
  const flags = flagsOf(set, cutoffs);
  return {
    cutoffs,
    findings: Object.fromEntries(described),
    normals: labelled ? films.normals.length : null,
    flaggedShare: shareFlagged(films, flags),
    changed: reading === null ? [] : changedFlags(set, flags, flagsOf(reading.set, reading.cutoffs)),
    galleries: labelled ? galleriesOf(films, cutoffs, flags) : {},
  };
}

function galleriesOf(
  { set, samples }: RankedFilms,
  cutoffs: AcceptanceFigures['cutoffs'],
  flags: readonly string[][],
): AcceptanceFigures['galleries'] {
  const galleries = set.findings.map((finding, index) => {
    const flagged = Uint8Array.from(flags, (findings) => Number(findings.includes(finding)));
    return [finding, errorGallery(set, samples[index]!, cutoffs[finding] === null ? null : flagged)] as const;
  });
  return Object.fromEntries(galleries);
}

function pairOf(set: ScoredFilms, index: number, reading: ReadingModel | null, labelled: boolean): RankedPair | null {
  if (reading === null || !labelled) return null;
  const others = reading.set.probabilities[reading.set.findings.indexOf(set.findings[index]!)];
  return others === undefined ? null : rankPair(set, index, others);
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
