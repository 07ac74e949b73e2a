/**
 * Cut-offs: the probability from which on a finding is flagged. There is one for each finding, and where the films that
 * chose it allowed it another one for films of either frontal view: AP films are mostly those of patients in bed, and
 * with one cut-off for both views more of the normal AP films are flagged than of the normal PA films.
 */
import * as v from 'valibot';

/** Films this many positives or more make a finding "measured" (see the rule of priority). */
export const MEASURED_POSITIVES = 10;

/** The views that may have cut-offs of their own. */
export const CUTOFF_VIEWS = ['AP', 'PA'] as const;
export type CutoffView = (typeof CUTOFF_VIEWS)[number];

/**
 * Below this a view has no cut-offs of its own, and its films take those common to all. `positives` and `negatives` are
 * a finding's, in that view: one that has fewer takes the common cut-off there. Where the rule is a budget, what such
 * findings flag of the view's normal films is taken off it; what is left to the others must be so many `alarms`, and
 * such a share of the budget, or findings too rare to be measured would crowd out those that are not. A budget is kept
 * in both views apart, or in neither.
 */
export const OWN_CUTOFFS_TAKE = {
  films: 50,
  positives: MEASURED_POSITIVES,
  negatives: MEASURED_POSITIVES,
  alarms: 10,
  shareOfBudget: 0.5,
} as const;

const valuesSchema = v.record(v.string(), v.pipe(v.number(), v.minValue(0), v.maxValue(1)));

const ChosenOnSchema = v.object({
  data: v.string(),
  films: v.number(),
  /** Null where nobody knows. */
  patients: v.nullable(v.number()),
  /** By finding; {} where the films had no labels. */
  positives: v.record(v.string(), v.number()),
});

/** Never without the films of that view that they were chosen on. */
const ViewCutoffsSchema = v.object({ values: valuesSchema, chosenOn: ChosenOnSchema });

export const CutoffsSchema = v.pipe(
  v.object({
    rule: v.string(),
    /** Common to all films. */
    values: valuesSchema,
    /** The films that they were chosen on; where it is missing, those of the card's `evaluation.validation`. */
    chosenOn: v.optional(ChosenOnSchema),
    /** Those of films of one view, for the findings that had enough of them. */
    byView: v.optional(v.object({ AP: v.optional(ViewCutoffsSchema), PA: v.optional(ViewCutoffsSchema) })),
  }),
  v.check(
    ({ values, byView }) =>
      CUTOFF_VIEWS.every((view) => Object.keys(byView?.[view]?.values ?? {}).every((finding) => finding in values)),
    'A cut-off of one view stands beside one common to all films.',
  ),
);

/** What decides the cut-offs of a film: a card's, or what an evaluation has chosen. */
export type CutoffChoice = {
  readonly values: Readonly<Record<string, number>>;
  readonly byView?: ViewCutoffs | undefined;
};

export type ViewCutoffs = {
  readonly [View in CutoffView]?:
    | {
        readonly values: Readonly<Record<string, number>>;
        readonly chosenOn: { readonly positives: Readonly<Record<string, number>> };
      }
    | undefined;
};

export type FindingCutoff = {
  readonly finding: string;
  readonly cutoff: number | null;
  /** False where the cut-off rests on fewer than 10 positives: it raises no priority. */
  readonly measured: boolean;
  /** Whose it is; null = common to all films. */
  readonly view: CutoffView | null;
};

/**
 * The one place where it is decided which cut-off a film is judged by: that of its view where there is one that rests
 * on 10 positives of that view, else the common one. `view` null: unknown, or neither AP nor PA.
 */
export function cutoffOf(
  { values, byView }: CutoffChoice,
  finding: string,
  view: CutoffView | null,
): Pick<FindingCutoff, 'cutoff' | 'view'> {
  const own = view === null ? undefined : byView?.[view];
  const cutoff = own?.values[finding];
  const isMeasured = (own?.chosenOn.positives[finding] ?? 0) >= MEASURED_POSITIVES;
  return cutoff !== undefined && isMeasured ? { cutoff, view } : { cutoff: values[finding] ?? null, view: null };
}

/** Whose cut-offs a film was judged by: its view's, where one finding at least has one; null = those common to all. */
export function viewOfCutoffs(cutoffs: readonly Pick<FindingCutoff, 'view'>[]): CutoffView | null {
  return cutoffs.find(({ view }) => view !== null)?.view ?? null;
}

/** `0.1234`, and where views have their own `0.1234 (AP 0.2000, PA 0.1100)`. */
export function cutoffWords(
  cutoff: number | null,
  byView: Readonly<Partial<Record<CutoffView, number>>>,
  words: (cutoff: number) => string,
): string {
  if (cutoff === null) return 'none';
  const own = CUTOFF_VIEWS.flatMap((view) => (byView[view] === undefined ? [] : [`${view} ${words(byView[view])}`]));
  return own.length === 0 ? words(cutoff) : `${words(cutoff)} (${own.join(', ')})`;
}

/** The cut-offs of a finding that views have of their own. */
export function cutoffsByView(choice: CutoffChoice, finding: string): Readonly<Partial<Record<CutoffView, number>>> {
  const own = CUTOFF_VIEWS.flatMap((of) => {
    const { cutoff, view } = cutoffOf(choice, finding, of);
    return view === null || cutoff === null ? [] : [[view, cutoff] as const];
  });
  return Object.fromEntries(own);
}
