/** One finding: its figures with their intervals, its curves, and the films that it is most wrong about. */
import type { FindingEvaluation, WaitingTimes } from '#main/contract/evaluation';
import type { WithInterval } from '#main/contract/interval';
import { FIGURES, type FindingFigures, type ReportedFigure } from './bootstrapFindings';
import { precisionRecallPoints, reliabilityBins, rocPoints, scoreHistogram } from './curves';
import { estimateAuroc } from './delong';
import { errorGallery } from './errorGallery';
import { publishedAurocs } from './published';
import { measure, type CutoffTask } from './measure';
import { countPatients, whyUndefined, type RankedSample } from './rankedFilms';
import type { ScoredFilms } from './scoredFilms';

export type FindingTask = CutoffTask & { readonly finding: string; readonly sample: RankedSample };

export type FindingContext = {
  readonly set: ScoredFilms;
  readonly prevalence: number | null;
  /** Share of normal films that this finding flags. */
  readonly normalsFlagged: number | null;
  readonly waiting: WaitingTimes | null;
};

export function evaluateFinding(
  { finding, sample, reported, cutoff }: FindingTask,
  bootstrapped: FindingFigures,
  { set, prevalence, normalsFlagged, waiting }: FindingContext,
): FindingEvaluation {
  const undefinedReason = whyUndefined(sample);
  const { positives, negatives, truePositives, falsePositives } = measure(sample, { cutoff, reported });
  return {
    n: sample.labels.length,
    positives: sample.positives,
    patients: countPatients(set.patients, sample.films),
    undefinedReason,
    ...withIntervals(bootstrapped),
    delong: estimateAuroc(sample, 'film')?.interval ?? null,
    delongByPatient: estimateAuroc(sample, 'patient')?.interval ?? null,
    cutoff,
    cutoffN: positives + negatives,
    cutoffPositives: positives,
    flags: truePositives + falsePositives,
    atPrevalence: prevalence === null ? null : reweighted(bootstrapped, prevalence),
    flagsPer100Normals: normalsFlagged === null ? null : normalsFlagged * 100,
    waiting,
    reliability: reliabilityBins(sample),
    histogram: scoreHistogram(sample),
    roc: undefinedReason === null ? rocPoints(sample) : [],
    precisionRecall: undefinedReason === null ? precisionRecallPoints(sample) : [],
    published: publishedAurocs(finding),
    ...errorGallery(set, sample, cutoff),
  };
}

/** Figures and intervals under the names of a report. */
export function withIntervals({ figures, intervals }: FindingFigures): WithInterval<ReportedFigure> {
  const entries = FIGURES.flatMap((figure) => {
    const interval = intervals[figure];
    return [
      [figure, orNull(figures[figure])],
      [`${figure}Low`, interval?.low ?? null],
      [`${figure}High`, interval?.high ?? null],
    ];
  });
  return Object.fromEntries(entries) as WithInterval<ReportedFigure>;
}

function reweighted({ figures, intervals }: FindingFigures, prevalence: number): FindingEvaluation['atPrevalence'] {
  const { ppvAtPrevalence: ppv, npvAtPrevalence: npv } = intervals;
  return {
    prevalence,
    ...{ ppv: orNull(figures.ppvAtPrevalence), ppvLow: ppv?.low ?? null, ppvHigh: ppv?.high ?? null },
    ...{ npv: orNull(figures.npvAtPrevalence), npvLow: npv?.low ?? null, npvHigh: npv?.high ?? null },
  };
}

/** JSON knows no NaN: what is not defined is null. */
function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
