/** Where the cut-offs of an evaluation come from: never from the films that they are reported on. */
import type { CutoffsUsed, FilmCounts } from '#main/contract/evaluation';
import { chooseCutoffs, describeRule, type CutoffRule } from './cutoffRules';
import type { Halves } from './halves';
import { flagFilms } from './operatingPoint';
import { countPatients, type RankedFilms } from './rankedFilms';

export type CutoffPlan =
  /** Chosen on half of the patients, reported on the other half. */
  | { readonly from: 'halves'; readonly rule: CutoffRule }
  /** Chosen on other films, reported on all of these. */
  | { readonly from: 'validation'; readonly rule: CutoffRule; readonly films: RankedFilms; readonly name: string }
  /** A card's, or one for every finding, reported on all of these. `origin` is a sentence. */
  | {
      readonly from: 'given';
      readonly cutoffs: Readonly<Record<string, number>>;
      readonly rule: string;
      readonly origin: string;
    };

export type PlannedCutoffs = {
  /** In the order of the set's findings. */
  readonly cutoffs: readonly (number | null)[];
  /** By finding and film of the set, those that are not reported on included. */
  readonly flags: readonly Uint8Array[];
  readonly reportedOn: RankedFilms;
  readonly used: CutoffsUsed;
};

export function planCutoffs(films: RankedFilms, halves: Halves, plan: CutoffPlan): PlannedCutoffs {
  const { findings } = films.set;
  if (plan.from === 'given') {
    const cutoffs = findings.map((finding) => plan.cutoffs[finding] ?? null);
    const { rule, origin } = plan;
    const used = { rule, chosenOn: null, reportedOn: countFilms(films), origin };
    return { cutoffs, flags: flagFilms(films.set, cutoffs), reportedOn: films, used };
  }
  const { chosenOn, reportedOn } = plan.from === 'halves' ? halves : { chosenOn: plan.films, reportedOn: films };
  const chosen = chooseCutoffs(chosenOn, plan.rule);
  const cutoffs = findings.map((finding) => chosen[chosenOn.set.findings.indexOf(finding)] ?? null);
  return {
    cutoffs,
    flags: flagFilms(films.set, cutoffs),
    reportedOn,
    used: {
      rule: describeRule(plan.rule),
      chosenOn: countFilms(chosenOn),
      reportedOn: countFilms(reportedOn),
      origin:
        plan.from === 'halves'
          ? 'Chosen on half of the patients, reported on the other half.'
          : `Chosen on ${plan.name}, reported on all films.`,
    },
  };
}

function countFilms({ set, films, normals }: RankedFilms): FilmCounts {
  return { n: films.length, patients: countPatients(set.patients, films), normals: normals.length };
}
