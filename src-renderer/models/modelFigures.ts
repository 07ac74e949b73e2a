/** What is known of a model, finding by finding: from this site's test where there was one, else from its own card. */
import type { Acceptance } from '#main/contract/acceptance';
import { findingCutoffs } from '#main/contract/card';
import { cutoffsByView, MEASURED_POSITIVES, type CutoffView } from '#main/contract/cutoffs';
import { describeFilms } from '#main/contract/knownPatients';
import type { ModelEntry } from '#main/contract/model';

export type ModelFigure = {
  readonly finding: string;
  readonly positives: number | null;
  readonly auroc: number | null;
  /** 95 % interval; null where the card has none. */
  readonly interval: readonly [number, number] | null;
  readonly cutoff: number | null;
  /** Those that films of a view are judged by instead. */
  readonly cutoffsByView: Readonly<Partial<Record<CutoffView, number>>>;
  readonly measured: boolean;
};

/** Null where the model can not be used. */
export function modelFigures({ card, acceptance }: ModelEntry): readonly ModelFigure[] | null {
  if (card === null) return null;
  const test = acceptance?.model.weightsSha256 === card.weights.sha256 ? acceptance.findings : null;
  const validation = card.evaluation?.validation;
  return findingCutoffs(card, null).map(({ finding, cutoff, measured }) => {
    const tested = test?.[finding];
    if (tested === undefined) {
      const positives = validation?.positives[finding] ?? null;
      const own = cutoffsByView(card.cutoffs ?? { values: {} }, finding);
      const figures = { positives, auroc: validation?.auroc[finding] ?? null, interval: null };
      return { finding, ...figures, cutoff, cutoffsByView: own, measured };
    }
    // Of a test that nobody has signed yet too: it is what the signature would be for.
    const { positives, auroc, aurocLow: low, aurocHigh: high } = tested;
    return {
      ...{ finding, positives, auroc, cutoff: tested.cutoff, cutoffsByView: acceptedByView(acceptance, finding) },
      interval: low === null || high === null ? null : [low, high],
      measured: positives >= MEASURED_POSITIVES,
    };
  });
}

/** The cut-offs of a finding that the test gave to AP or PA films alone. */
export function acceptedByView(acceptance: Acceptance | null, finding: string): ModelFigure['cutoffsByView'] {
  const own = (acceptance?.views ?? []).flatMap(({ view, cutoffs }) =>
    cutoffs[finding] === undefined ? [] : [[view, cutoffs[finding]] as const],
  );
  return Object.fromEntries(own);
}

/** Where the figures come from, in words. */
export function figuresSource({ card, acceptance }: ModelEntry): string {
  if (card !== null && acceptance?.model.weightsSha256 === card.weights.sha256) {
    return `Measured here on ${describeFilms(acceptance.films, acceptance)} (${acceptance.data}).`;
  }
  const validation = card?.evaluation?.validation;
  if (validation === undefined) return 'Nobody has measured this model here, and its card has no figures.';
  return `From its card: ${validation.films} validation films, without intervals.`;
}
