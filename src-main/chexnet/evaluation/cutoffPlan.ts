/** Where the cut-offs of an evaluation come from: never from the films that they are reported on. */
import type { CutoffsUsed, FilmCounts } from '#main/contract/evaluation';
import { chooseCutoffs, describeRule, type CutoffRule } from './cutoffRules';
import { splitHalves } from './halves';
import { countPatients, isNormal, type ScoredFilms } from './scoredFilms';

export type CutoffPlan =
  /** Chosen on half of the patients, reported on the other half. */
  | { readonly from: 'halves'; readonly rule: CutoffRule }
  /** Chosen on other films, reported on all of these. */
  | { readonly from: 'validation'; readonly rule: CutoffRule; readonly films: ScoredFilms; readonly name: string }
  /** A card's, reported on all of these. */
  | { readonly from: 'card'; readonly cutoffs: Readonly<Record<string, number>>; readonly name: string };

export type PlannedCutoffs = {
  /** In the order of the set's findings. */
  readonly cutoffs: readonly (number | null)[];
  readonly reportedOn: ScoredFilms;
  readonly used: CutoffsUsed;
};

export function planCutoffs(set: ScoredFilms, plan: CutoffPlan, seed: number): PlannedCutoffs {
  if (plan.from === 'card') {
    const cutoffs = set.findings.map((finding) => plan.cutoffs[finding] ?? null);
    const origin = `Taken from ${plan.name}, reported on all films.`;
    return { cutoffs, reportedOn: set, used: { rule: plan.name, chosenOn: null, reportedOn: countFilms(set), origin } };
  }
  const { chosenOn, reportedOn } =
    plan.from === 'halves' ? splitHalves(set, seed) : { chosenOn: plan.films, reportedOn: set };
  const chosen = new Map(chooseCutoffs(chosenOn, plan.rule).cutoffs.map(({ finding, cutoff }) => [finding, cutoff]));
  return {
    cutoffs: set.findings.map((finding) => chosen.get(finding) ?? null),
    reportedOn,
    used: {
      rule: describeRule(plan.rule),
      chosenOn: countFilms(chosenOn),
      reportedOn: countFilms(reportedOn),
      origin:
        plan.from === 'halves'
          ? `Chosen on half of the patients (seed ${seed}), reported on the other half.`
          : `Chosen on ${plan.name}, reported on all films.`,
    },
  };
}

function countFilms(set: ScoredFilms): FilmCounts {
  return {
    n: set.films.length,
    patients: countPatients(set.patients),
    normals: set.films.filter((_, film) => isNormal(set, film)).length,
  };
}
