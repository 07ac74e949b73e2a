/** What the network said of one film, and all that the numbers depend on. */
import type { CutoffView } from './cutoffs';
import type { ModelId } from './ids';

/** The receipt: with the film's bytes it is enough to make the same numbers again. */
export type PredictionReceipt = {
  readonly modelId: ModelId;
  readonly modelVersion: string;
  readonly weightsSha256: string;
  /** One line that names the road from display grey to the network's input. */
  readonly preprocessing: string;
  /** `wasm 4.22.0, 2 threads, SIMD` … */
  readonly backend: string;
  /** Name of the cut-offs that the priority was made with; '' where the model has none. */
  readonly cutoffSet: string;
  /** Whose of them: those that AP or PA films have of their own; null = those common to all films. */
  readonly cutoffView: CutoffView | null;
};

export type Prediction = {
  /** In the card's order; each array below is parallel to it. */
  readonly findings: readonly string[];
  /** 0…1 */
  readonly probabilities: Float32Array;
  /** [n,7,7]: w · relu(features), not normalised. Null where they were not asked for. */
  readonly maps: Float32Array | null;
  readonly receipt: PredictionReceipt;
  /** Time of the network alone. */
  readonly milliseconds: number;
};

/** Rows and columns of an attention map. */
export const MAP_SIZE = 7;

export const NOTICE = 'Research software. Not for diagnosis.';
