/**
 * Cut-offs of their own for AP and PA films, where enough films of a view are there to choose them. AP is how patients
 * are taken who can not stand. With one cut-off for both views, a budget of 15 % flags 18 % of the normal AP films of
 * ChestX-ray14's test patients and 13 % of the normal PA films (test-predictions.csv of the published replication).
 */
import { CUTOFF_VIEWS, OWN_CUTOFFS_TAKE, type CutoffView, type ViewCutoffs } from '#main/contract/cutoffs';
import { countAlarms, expectedAlarms, leftBudgetCutoffs, type KeptAlarms } from './alarmBudget';
import { chooseCutoffs, describeShare, type CutoffRule } from './cutoffRules';
import { partOf, type RankedFilms } from './rankedFilms';
import { frontalViews } from './scoredFilms';

/** What one view is judged by. */
export type ViewChoice = {
  readonly view: CutoffView;
  /** The films of the view that chose. */
  readonly films: RankedFilms;
  /** Of its films, by finding. */
  readonly positives: Readonly<Record<string, number>>;
  /** Of the findings that have a cut-off of their own in it. */
  readonly values: Readonly<Record<string, number>>;
  /** Why none has: a clause. Null where one at least has. */
  readonly reason: string | null;
};

export function filmsOfView(films: RankedFilms, view: CutoffView): RankedFilms {
  return partOf(
    films,
    Uint8Array.from(frontalViews(films.set), (found) => Number(found === view)),
  );
}

/** As a card holds them; undefined where no view has its own. */
export function viewCutoffs(choices: readonly ViewChoice[]): ViewCutoffs | undefined {
  const own = choices.filter(({ reason }) => reason === null);
  if (own.length === 0) return undefined;
  return Object.fromEntries(own.map(({ view, values, positives }) => [view, { values, chosenOn: { positives } }]));
}

/** `common`: the cut-offs that the rule chose on all films, by finding. */
export function chooseByView(films: RankedFilms, rule: CutoffRule, common: readonly (number | null)[]): ViewChoice[] {
  const { findings } = films.set;
  const alarms = rule.kind === 'budget' ? expectedAlarms(films, rule.share) : [];
  const choices = CUTOFF_VIEWS.map((view): ViewChoice => {
    const own = filmsOfView(films, view);
    const isEnough = own.samples.map(
      (sample, index) =>
        common[index] !== null &&
        sample.positives >= OWN_CUTOFFS_TAKE.positives &&
        sample.labels.length - sample.positives >= OWN_CUTOFFS_TAKE.negatives,
    );
    // Findings that are too rare in this view keep the common cut-off, and what that flags is taken off a budget.
    const kept = alarms.map((column, index) => (isEnough[index] === true ? null : column));
    const reason = whyNone(films, own, rule, { isEnough, kept });
    const chosen = reason === null ? chooseInView(own, rule, kept) : [];
    const values = findings.flatMap((finding, index) => {
      const cutoff = isEnough[index] === true ? (chosen[index] ?? null) : null;
      return cutoff === null ? [] : [[finding, cutoff] as const];
    });
    return {
      ...{ view, films: own, values: Object.fromEntries(values) },
      positives: Object.fromEntries(
        findings.map((finding, index) => [finding, own.samples[index]!.positives] as const),
      ),
      reason: reason ?? (values.length === 0 ? 'the rule finds no cut-off in this view' : null),
    };
  });
  return rule.kind === 'budget' ? bothOrNone(choices) : choices;
}

/** The common cut-offs keep a budget over both views together: beside those that one view has of its own, they do not. */
function bothOrNone(choices: readonly ViewChoice[]): ViewChoice[] {
  const lacking = choices.filter(({ reason }) => reason !== null).map(({ view }) => view);
  if (lacking.length === 0) return [...choices];
  const reason = `${lacking.join(' and ')} films are too few for it, and a budget is kept in both views apart or in neither`;
  return choices.map((choice) => (choice.reason === null ? { ...choice, values: {}, reason } : choice));
}

function chooseInView(own: RankedFilms, rule: CutoffRule, kept: KeptAlarms): (number | null)[] {
  return rule.kind === 'budget' ? leftBudgetCutoffs(own, rule.share, kept) : chooseCutoffs(own, rule);
}

/** See OWN_CUTOFFS_TAKE. */
function whyNone(
  all: RankedFilms,
  own: RankedFilms,
  rule: CutoffRule,
  findings: { readonly isEnough: readonly boolean[]; readonly kept: KeptAlarms },
): string | null {
  const { films, alarms, shareOfBudget, positives, negatives } = OWN_CUTOFFS_TAKE;
  const count = own.films.length;
  if (count < films) return `${count} of the films that chose are known to be of this view, and it takes ${films}`;
  if (!findings.isEnough.includes(true)) {
    return `no finding has ${positives} films with it and ${negatives} without it in this view`;
  }
  if (rule.kind !== 'budget') return null;
  const { normals } = own;
  // Where no film of any view is known to be normal, the budget is one of all films; else it is one of normal films.
  if (all.normals.length > 0 && normals.length === 0) return 'no film of this view is normal';
  const { allowed, taken } = countAlarms(own, rule.share, findings.kept);
  const least = Math.max(alarms, Math.ceil(shareOfBudget * allowed));
  if (allowed - taken >= least) return null;
  const whose = normals.length > 0 ? `${normals.length} normal films` : `${count} films`;
  const others = taken === 0 ? '' : `, findings that are too rare in this view raise ${taken} of them`;
  return `${describeShare(rule.share)} of its ${whose} are ${allowed} alarms${others}, and ${least} must be left to the others`;
}
