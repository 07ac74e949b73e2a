/**
 * The one road from a decoded film to a prediction: the window, the command line, import and triage all take it.
 * It owns the receipt and the priority, so that the same film has the same numbers and the same urgency everywhere.
 */
import { findingCutoffs, type FindingCutoff, type ModelCard } from '#main/contract/card';
import type { ModelId } from '#main/contract/ids';
import type { Prediction, PredictionReceipt } from '#main/contract/prediction';
import { priorityOf, type Priority } from '#main/contract/priority';
import { describePreprocessing } from '#main/chexnet/preprocess/preprocess';
import type { BatchAnalysis } from './batchAnalysis';

/** A model that is ready to judge films. */
export type FilmReader = {
  readonly card: ModelCard;
  readonly cutoffs: readonly FindingCutoff[];
  /** What every prediction of this model has in common. */
  readonly receipt: Omit<PredictionReceipt, 'backend'>;
  readonly network: BatchAnalysis;
};

/** A person's word that a refusal of that code does not count for one film, and why. */
export type Override = { readonly code: string; readonly reason: string };

export type JudgedFilm = { readonly prediction: Prediction; readonly priority: Priority };

export function createFilmReader(card: ModelCard, network: BatchAnalysis): FilmReader {
  const receipt = {
    modelId: card.id as ModelId,
    modelVersion: card.version,
    weightsSha256: card.weights.sha256,
    preprocessing: describePreprocessing(card.input),
    cutoffSet: card.cutoffs?.rule ?? '',
  };
  return { card, cutoffs: findingCutoffs(card), receipt, network };
}

/** `input` is what decoding made of the film for this card: [size·size] display grey. */
export async function analyseFilm(
  reader: FilmReader,
  input: Uint8Array,
  options: { readonly maps: boolean; readonly signal?: AbortSignal | undefined },
): Promise<JudgedFilm> {
  const { probabilities, maps, backend, milliseconds } = await reader.network.analyse(input, options);
  const receipt = { ...reader.receipt, backend };
  const prediction = { findings: reader.card.findings, probabilities, maps, receipt, milliseconds };
  return { prediction, priority: priorityOf(probabilities, reader.cutoffs) };
}
