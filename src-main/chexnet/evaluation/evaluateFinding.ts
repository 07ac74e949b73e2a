/** One finding: its figures with their intervals, its curves, and the films that it is most wrong about. */
import type { FindingEvaluation, WaitingTimes } from '#main/contract/evaluation';
import type { WithInterval } from '#main/contract/interval';
import { nameFigure } from './bootstrap';
import { FIGURES, type Figure, type FindingFigures, type RankedTask } from './bootstrapFindings';
import { precisionRecallPoints, reliabilityBins, rocPoints, scoreHistogram } from './curves';
import { estimateAuroc } from './delong';
import { errorGallery } from './errorGallery';
import { publishedAurocs } from './published';
import { measure } from './measure';
import { countPatients, whyUndefined } from './rankedFilms';
import type { ScoredFilms } from './scoredFilms';

export type FindingTask = RankedTask &
  Pick<FindingEvaluation, 'cutoff' | 'cutoffsByView'> & { readonly finding: string };

export type FindingContext = {
  readonly set: ScoredFilms;
  readonly prevalence: number | null;
  readonly waiting: WaitingTimes | null;
};

export function evaluateFinding(
  task: FindingTask,
  bootstrapped: FindingFigures,
  { set, prevalence, waiting }: FindingContext,
): FindingEvaluation {
  const { finding, sample, cutoff, cutoffsByView, flags } = task;
  const undefinedReason = whyUndefined(sample);
  const { positives, negatives, truePositives, falsePositives, normals } = measure(sample, task);
  return {
    n: sample.labels.length,
    positives: sample.positives,
    patients: countPatients(set.patients, sample.films),
    undefinedReason,
    ...withIntervals(bootstrapped),
    delong: estimateAuroc(sample, 'film')?.interval ?? null,
    delongByPatient: estimateAuroc(sample, 'patient')?.interval ?? null,
    ...{ cutoff, cutoffsByView },
    cutoffN: positives + negatives,
    cutoffPositives: positives,
    cutoffNormals: normals,
    flags: truePositives + falsePositives,
    atPrevalence: prevalence === null ? null : reweighted(bootstrapped, prevalence),
    waiting,
    reliability: reliabilityBins(sample),
    histogram: scoreHistogram(sample),
    roc: undefinedReason === null ? rocPoints(sample) : [],
    precisionRecall: undefinedReason === null ? precisionRecallPoints(sample) : [],
    published: publishedAurocs(finding),
    ...errorGallery(set, sample, flags),
  };
}

type ReportedFigure = Exclude<Figure, 'ppvAtPrevalence' | 'npvAtPrevalence'>;

const REPORTED: readonly ReportedFigure[] = FIGURES.filter(
  (figure): figure is ReportedFigure => figure !== 'ppvAtPrevalence' && figure !== 'npvAtPrevalence',
);

/** Figures and intervals under the names of a report. */
export function withIntervals(bootstrapped: FindingFigures): WithInterval<ReportedFigure> {
  const named = REPORTED.map((figure) => nameBootstrapped(figure, figure, bootstrapped));
  return Object.assign({}, ...named) as WithInterval<ReportedFigure>;
}

function reweighted(bootstrapped: FindingFigures, prevalence: number): FindingEvaluation['atPrevalence'] {
  return {
    prevalence,
    ...nameBootstrapped('ppv', 'ppvAtPrevalence', bootstrapped),
    ...nameBootstrapped('npv', 'npvAtPrevalence', bootstrapped),
  };
}

function nameBootstrapped<Name extends string>(name: Name, figure: Figure, { figures, intervals }: FindingFigures) {
  return nameFigure(name, figures[figure], intervals[figure]);
}
