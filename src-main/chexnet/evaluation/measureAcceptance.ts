/**
 * What a new model would do on a site's films: how well it ranks them, beside the model that reads now; the cut-offs
 * that keep the site's budget of alarms; and the films whose flags would change.
 */
import type { AcceptedFinding, AcceptedView, ChangedFlags } from '#main/contract/acceptance';
import { cutoffOf, type CutoffChoice, type CutoffView } from '#main/contract/cutoffs';
import type { ErrorGallery } from '#main/contract/evaluation';
import { isFlagged } from '#main/contract/priority';
import { alarmBudgetCutoffs } from './alarmBudget';
import { flagByView } from './cutoffPlan';
import { chooseByView, viewCutoffs, type ViewChoice } from './cutoffsByView';
import { errorGallery } from './errorGallery';
import { rankFilms, type RankedFilms } from './rankedFilms';
import { pairedAuroc, rankPair, type RankedPair } from './rankedPair';
import { knownPatientsOf, type ScoredFilms } from './scoredFilms';

/** The same films in the same order as the new model's; its flags are those of the cut-offs that it reads with. */
export type ReadingModel = { readonly set: ScoredFilms; readonly cutoffs: CutoffChoice };

export type AcceptanceOptions = {
  /** False: `set.labels` are 0 and say nothing, and the budget is one of all films. */
  readonly labelled: boolean;
  readonly budget: number;
  /** Cut-offs of their own for AP and PA, where enough films allow. */
  readonly byView: boolean;
  /** [n]: what each film's own header says, which is what reading goes by; labels may know more views. */
  readonly readAs: readonly (CutoffView | null)[];
  readonly reading: ReadingModel | null;
};

export type AcceptanceFigures = {
  /** Common to all films. */
  readonly cutoffs: Readonly<Record<string, number | null>>;
  readonly views: readonly AcceptedView[];
  readonly findings: Readonly<Record<string, AcceptedFinding>>;
  /** Null where the films have no labels: nobody knows which are normal. */
  readonly normals: number | null;
  /** Of the normal films, or of all of them, when they are read here. */
  readonly flaggedShare: number;
  readonly changed: readonly ChangedFlags[];
  /** By finding; {} without labels. */
  readonly galleries: Readonly<Record<string, ErrorGallery>>;
};

export function measureAcceptance(set: ScoredFilms, options: AcceptanceOptions): AcceptanceFigures {
  const { labelled, budget, byView, readAs, reading } = options;
  const films = rankFilms(set);
  const values = alarmBudgetCutoffs(films, budget);
  const cutoffs = Object.fromEntries(set.findings.map((finding, index) => [finding, values[index] ?? null]));
  const choices = byView && labelled ? chooseByView(films, { kind: 'budget', share: budget }, values) : [];
  const common = { values: withoutNull(cutoffs) };
  const choice = { ...common, byView: viewCutoffs(choices) };
  const described = set.findings.map((finding, index) => {
    const sample = labelled ? films.samples[index]! : null;
    return [
      finding,
      { ...pairedAuroc(sample, pairOf(set, index, reading, labelled)), cutoff: cutoffs[finding]! },
    ] as const;
  });
  const flags = flagsOf(set, choice, readAs);
  return {
    cutoffs,
    views: choices.map((own) => describeView(own, flagByView(set, common), flagByView(set, choice))),
    findings: Object.fromEntries(described),
    normals: labelled ? films.normals.length : null,
    flaggedShare: shareOf(films, (film) => flags[film]!.length > 0) ?? 0,
    changed: reading === null ? [] : changedFlags(set, flags, flagsOf(reading.set, reading.cutoffs, readAs)),
    galleries: labelled ? galleriesOf(films, cutoffs, flags) : {},
  };
}

function withoutNull(cutoffs: AcceptanceFigures['cutoffs']): Record<string, number> {
  return Object.fromEntries(
    Object.entries(cutoffs).flatMap(([finding, cutoff]) => (cutoff === null ? [] : [[finding, cutoff] as const])),
  );
}

/** Flags by finding and film of the set, by the views of the labels: so would films be flagged that say their view. */
function describeView(
  { view, films, positives, values, reason }: ViewChoice,
  common: readonly Uint8Array[],
  own: readonly Uint8Array[],
): AcceptedView {
  const { set, normals } = films;
  const isFlagged = (flags: readonly Uint8Array[]) => (film: number) => flags.some((column) => column[film] === 1);
  return {
    ...{ view, films: films.films.length, patients: knownPatientsOf(set, films.films) },
    ...{ normals: normals.length, positives: { ...positives }, cutoffs: { ...values }, reason },
    flaggedByCommon: shareOf(films, isFlagged(common)),
    flaggedShare: shareOf(films, isFlagged(own)),
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
function flagsOf(set: ScoredFilms, choice: CutoffChoice, views: AcceptanceOptions['readAs']): string[][] {
  return set.films.map((_, film) =>
    set.findings.filter((finding, index) => {
      const probability = set.probabilities[index]![film]!;
      return (
        !Number.isNaN(probability) && isFlagged(probability, cutoffOf(choice, finding, views[film] ?? null).cutoff)
      );
    }),
  );
}

/** Of the normal films, or of all of them; null where there is none. */
function shareOf({ normals, films }: RankedFilms, isFlagged: (film: number) => boolean): number | null {
  const counted = normals.length > 0 ? normals : films;
  return counted.length === 0 ? null : counted.filter(isFlagged).length / counted.length;
}

function changedFlags(set: ScoredFilms, flags: readonly string[][], before: readonly string[][]): ChangedFlags[] {
  return set.films.flatMap(({ key }, film) => {
    const gained = flags[film]!.filter((finding) => !before[film]!.includes(finding));
    const lost = before[film]!.filter((finding) => !flags[film]!.includes(finding));
    return gained.length + lost.length === 0 ? [] : [{ film: key, gained, lost }];
  });
}
