/** One finding: its figures with their intervals, its curves, and the films that it is most wrong about. */
import type { FindingEvaluation, WithInterval } from '#main/contract/evaluation';
import { FIGURES, type Figure, type FindingFigures } from './bootstrapFindings';
import { precisionRecallPoints, reliabilityBins, rocPoints, scoreHistogram } from './curves';
import { estimateAuroc } from './delong';
import { errorGallery } from './errorGallery';
import { atPrevalence } from './operatingPoint';
import { publishedAurocs } from './published';
import { measure, type RankedSample } from './rankedSample';
import { countPatients, whyUndefined, type FindingSample, type ScoredFilms } from './scoredFilms';

/** One finding, ranked: all of its films, and those that its cut-off is reported on. */
export type FindingTask = {
  readonly finding: string;
  readonly sample: FindingSample;
  readonly all: RankedSample;
  readonly reported: RankedSample;
  readonly cutoff: number | null;
};

export type FindingContext = {
  readonly set: ScoredFilms;
  readonly prevalence: number | null;
  /** Share of normal films that this finding flags. */
  readonly normalsFlagged: number | null;
};

export function evaluateFinding(
  { finding, sample, all, reported, cutoff }: FindingTask,
  bootstrapped: FindingFigures,
  { set, prevalence, normalsFlagged }: FindingContext,
): FindingEvaluation {
  const undefinedReason = whyUndefined(sample);
  const { truePositives, falsePositives } = measure(reported, cutoff, null);
  const hasBoth = undefinedReason === null;
  return {
    n: sample.labels.length,
    positives: sample.positives,
    patients: countPatients(sample.patients),
    undefinedReason,
    ...withIntervals(bootstrapped),
    delong: estimateAuroc(sample, 'film')?.interval ?? null,
    delongByPatient: estimateAuroc(sample, 'patient')?.interval ?? null,
    cutoff,
    cutoffN: reported.labels.length,
    cutoffPositives: reported.positives,
    flags: truePositives + falsePositives,
    atPrevalence: prevalence === null ? null : reweighted(bootstrapped, prevalence),
    flagsPer100Normals: normalsFlagged === null ? null : normalsFlagged * 100,
    waiting: null,
    reliability: reliabilityBins(all),
    histogram: scoreHistogram(all),
    roc: hasBoth ? rocPoints(all) : [],
    precisionRecall: hasBoth ? precisionRecallPoints(all) : [],
    published: publishedAurocs(finding),
    ...errorGallery(set, all),
  };
}

/** Figures and intervals under the names of a report. */
export function withIntervals({ figures, intervals }: FindingFigures): WithInterval<Figure> {
  const entries = FIGURES.flatMap((figure) => {
    const interval = intervals[figure];
    return [
      [figure, orNull(figures[figure])],
      [`${figure}Low`, interval?.low ?? null],
      [`${figure}High`, interval?.high ?? null],
    ];
  });
  return Object.fromEntries(entries) as WithInterval<Figure>;
}

function reweighted({ figures }: FindingFigures, prevalence: number): FindingEvaluation['atPrevalence'] {
  const { ppv, npv } = atPrevalence(figures, prevalence);
  return { prevalence, ppv: orNull(ppv), npv: orNull(npv) };
}

/** JSON knows no NaN: what is not defined is null. */
function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
