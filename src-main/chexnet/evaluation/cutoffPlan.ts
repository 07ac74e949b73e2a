/** Where the cut-offs of an evaluation come from: never from the films that they are reported on. */
import { CUTOFF_VIEWS, cutoffOf, type CutoffChoice, type CutoffView } from '#main/contract/cutoffs';
import type { CutoffsUsed, FilmCounts, ViewCutoffsUsed } from '#main/contract/evaluation';
import { chooseByView, filmsOfView, viewCutoffs } from './cutoffsByView';
import { chooseCutoffs, describeRule, type CutoffRule } from './cutoffRules';
import type { Halves } from './halves';
import { flagFilms } from './operatingPoint';
import { countPatients, type RankedFilms } from './rankedFilms';
import { frontalViews, type ScoredFilms } from './scoredFilms';

/** `byView`: cut-offs of their own for AP and PA films, where enough films allow. */
export type ChosenRule = { readonly rule: CutoffRule; readonly byView: boolean };

export type CutoffPlan =
  /** Chosen on half of the patients, reported on the other half. */
  | (ChosenRule & { readonly from: 'halves' })
  /** Chosen on other films, reported on all of these. */
  | (ChosenRule & { readonly from: 'validation'; readonly films: RankedFilms; readonly name: string })
  /** A card's, or one for every finding, reported on all of these. `origin` is a sentence. */
  | {
      readonly from: 'given';
      readonly cutoffs: CutoffChoice;
      readonly rule: string;
      readonly origin: string;
    };

export type PlannedCutoffs = {
  /** Common to all films, in the order of the set's findings. */
  readonly cutoffs: readonly (number | null)[];
  /** With those that a view has of its own: cutoffOf decides. */
  readonly choice: CutoffChoice;
  /** By finding and film of the set, those that are not reported on included. */
  readonly flags: readonly Uint8Array[];
  readonly reportedOn: RankedFilms;
  readonly used: CutoffsUsed;
};

/** The films that choose, and those that are reported on: halves unless the plan brings other films. */
export function judgesOf(films: RankedFilms, halves: Halves, plan: CutoffPlan): Halves {
  return plan.from === 'validation' ? { chosenOn: plan.films, reportedOn: films } : halves;
}

export function planCutoffs(films: RankedFilms, halves: Halves, plan: CutoffPlan): PlannedCutoffs {
  if (plan.from === 'given') {
    const { rule, origin, cutoffs } = plan;
    const views = CUTOFF_VIEWS.map((view) => describeGiven(films, view, cutoffs));
    return finish(films, cutoffs, films, { rule, chosenOn: null, origin, views });
  }
  const { chosenOn, reportedOn } = judgesOf(films, halves, plan);
  const common = chooseCutoffs(chosenOn, plan.rule);
  const choices = plan.byView ? chooseByView(chosenOn, plan.rule, common) : null;
  const chosen = chosenOn.set.findings.flatMap((finding, index) => {
    const cutoff = common[index] ?? null;
    return cutoff === null ? [] : [[finding, cutoff] as const];
  });
  const choice = { values: Object.fromEntries(chosen), byView: choices === null ? undefined : viewCutoffs(choices) };
  return finish(films, choice, reportedOn, {
    rule: `${describeRule(plan.rule)}${plan.byView ? BY_VIEW : ''}`,
    chosenOn: countFilms(chosenOn),
    origin:
      plan.from === 'halves'
        ? 'Chosen on half of the patients, reported on the other half.'
        : `Chosen on ${plan.name}, reported on all films.`,
    views: CUTOFF_VIEWS.map((view, index) => ({
      ...{ view, chosenOn: countByFinding(choices?.[index]?.films ?? filmsOfView(chosenOn, view)) },
      reason: choices === null ? NOT_ASKED : (choices[index]?.reason ?? null),
    })),
  });
}

/** Behind the name of a rule. */
export const BY_VIEW = ', AP and PA apart';

function finish(
  films: RankedFilms,
  choice: CutoffChoice,
  reportedOn: RankedFilms,
  used: Omit<CutoffsUsed, 'reportedOn'>,
): PlannedCutoffs {
  const cutoffs = films.set.findings.map((finding) => choice.values[finding] ?? null);
  return {
    ...{ cutoffs, choice, reportedOn, flags: flagByView(films.set, choice) },
    used: { ...used, reportedOn: countFilms(reportedOn) },
  };
}

/** Per finding [n]: 1 where the film's probability reaches the cut-off that is its own. */
export function flagByView(set: ScoredFilms, choice: CutoffChoice): Uint8Array[] {
  const flagsOf = (view: CutoffView | null): Uint8Array[] =>
    flagFilms(
      set,
      set.findings.map((finding) => cutoffOf(choice, finding, view).cutoff),
    );
  if (choice.byView === undefined) return flagsOf(null);
  const flags = { common: flagsOf(null), AP: flagsOf('AP'), PA: flagsOf('PA') };
  const views = frontalViews(set);
  return set.findings.map((_, finding) =>
    Uint8Array.from(views, (view, film) => flags[view ?? 'common'][finding]![film]!),
  );
}

const NOT_ASKED = 'one cut-off for all views was asked for';

function countByFinding(films: RankedFilms): ViewCutoffsUsed['chosenOn'] {
  const positives = films.set.findings.map((finding, index) => [finding, films.samples[index]!.positives] as const);
  return { ...countFilms(films), positives: Object.fromEntries(positives) };
}

function describeGiven({ set }: RankedFilms, view: CutoffView, choice: CutoffChoice): ViewCutoffsUsed {
  const hasOwn = set.findings.some((finding) => cutoffOf(choice, finding, view).view !== null);
  return { view, chosenOn: null, reason: hasOwn ? null : 'these cut-offs are common to all views' };
}

function countFilms({ set, films, normals }: RankedFilms): FilmCounts {
  return { n: films.length, patients: countPatients(set.patients, films), normals: normals.length };
}
