/**
 * The one road from a decoded film to a prediction: the window, the command line, import and triage all take it.
 * It owns the receipt and the priority, so that the same film has the same numbers and the same urgency everywhere.
 */
import { findingCutoffs, type ModelCard } from '#main/contract/card';
import { viewOfCutoffs, type FindingCutoff } from '#main/contract/cutoffs';
import { AppError, type ErrorBody } from '#main/contract/errors';
import type { UrgencyTiers } from '#main/contract/findings';
import type { ModelId } from '#main/contract/ids';
import type { NetworkFilm } from '#main/contract/networkFilm';
import type { Prediction, PredictionReceipt } from '#main/contract/prediction';
import { nameCutoffSet, priorityOf, type Priority } from '#main/contract/priority';
import { calibrate } from '#main/chexnet/evaluation/calibrate';
import { frontalView } from '#main/imaging/kind/viewTerms';
import { placeMaps } from '#main/chexnet/preprocess/placeMaps';
import { describePreprocessing } from '#main/chexnet/preprocess/preprocess';
import type { BatchAnalysis, NetworkAnswer } from './batchAnalysis';

/** A model that is ready to judge films. */
export type FilmReader = {
  readonly card: ModelCard;
  /** How urgent each finding is at this site. */
  readonly tiers: UrgencyTiers;
  /** What every prediction of this model has in common. */
  readonly receipt: Omit<PredictionReceipt, 'backend' | 'cutoffView'>;
  readonly network: BatchAnalysis;
};

/** A person's word that a refusal of that code does not count for one film, and why. */
export type Override = { readonly code: string; readonly reason: string };

/** A refusal's message tells all that speaks against the film: whoever overrides it answers for each of the codes. */
export function answeredFor(refusal: ErrorBody, override: Override): Override {
  const besides = refusal.details['besides'];
  return typeof besides === 'string' && besides !== ''
    ? { ...override, code: `${override.code}, ${besides}` }
    : override;
}

export type JudgedFilm = {
  readonly prediction: Prediction;
  /** Those of the film's view, where the model has such: parallel to the prediction's findings. */
  readonly cutoffs: readonly FindingCutoff[];
  readonly priority: Priority;
};

export function createFilmReader(card: ModelCard, tiers: UrgencyTiers, network: BatchAnalysis): FilmReader {
  const receipt = {
    modelId: card.id as ModelId,
    modelVersion: card.version,
    weightsSha256: card.weights.sha256,
    preprocessing: describePreprocessing(card.input),
    cutoffSet: nameCutoffSet(cutoffSetOf(card), tiers),
  };
  return { card, tiers, receipt, network };
}

/** Calibrated probabilities need other cut-offs: the name tells them apart, also to a triage that is resumed. */
function cutoffSetOf({ cutoffs, calibration }: ModelCard): string {
  const rule = cutoffs?.rule ?? '';
  return calibration === undefined || calibration === null
    ? rule
    : `${rule}; calibrated on ${calibration.fittedOn.data}`;
}

export type AnalyseOptions = {
  readonly maps: boolean;
  /** AP, PA … as the film's header says (FilmFacts); it decides the cut-offs. */
  readonly view: string;
  readonly signal?: AbortSignal | undefined;
};

/** `film` is what decoding made of it for this card. The answers to several crops of it are averaged. */
export async function analyseFilm(reader: FilmReader, film: NetworkFilm, options: AnalyseOptions): Promise<JudgedFilm> {
  const answers = await Promise.all(film.map(({ pixels }) => reader.network.analyse(pixels, options)));
  const probabilities = calibrated(averageOf(answers), reader.card);
  const cutoffs = findingCutoffs(reader.card, frontalView(options.view));
  const prediction = {
    findings: reader.card.findings,
    probabilities,
    maps: mapsOf(film, answers),
    // One, unless the engine was replaced between two views.
    receipt: {
      ...reader.receipt,
      backend: [...new Set(answers.map(({ backend }) => backend))].join('; '),
      cutoffView: viewOfCutoffs(cutoffs),
    },
    milliseconds: answers.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
  };
  return { prediction, cutoffs, priority: priorityOf(probabilities, cutoffs, reader.tiers) };
}

function calibrated(probabilities: Float32Array, { findings, calibration }: ModelCard): Float32Array {
  return probabilities.map((probability, index) => {
    const own = calibration?.findings[findings[index] ?? ''];
    return own === undefined ? probability : calibrate(own, probability);
  });
}

function averageOf(answers: readonly NetworkAnswer[]): Float32Array {
  const [first, ...others] = answers.map(({ probabilities }) => probabilities);
  if (first === undefined) throw new AppError('internal/unexpected', 'A film came without a view.');
  if (others.length === 0) return first;
  return first.map((value, finding) => others.reduce((sum, other) => sum + other[finding]!, value) / answers.length);
}

/** Null where they were not asked for. */
function mapsOf(film: NetworkFilm, answers: readonly NetworkAnswer[]): Float32Array | null {
  const views = film.flatMap((view, index) => {
    const maps = answers[index]?.maps ?? null;
    return maps === null ? [] : [{ view, maps }];
  });
  return views.length < film.length ? null : placeMaps(views);
}
