/**
 * When the learning rate falls: PyTorch's ReduceLROnPlateau in its default mode (`min`, relative threshold, no
 * cool-down), number for number. The paper divides by 10 "each time the validation loss plateaus after an epoch":
 * patience 0, so that the first epoch without a better loss lowers the rate for the next.
 */
import type { PlateauOptions } from '#main/contract/run';

export type PlateauState = {
  readonly learningRate: number;
  /** Null before the first epoch. */
  readonly best: number | null;
  readonly badEpochs: number;
};

/** PyTorch's `eps`: a fall smaller than this is none. */
const SMALLEST_FALL = 1e-8;

export function startPlateau(learningRate: number): PlateauState {
  return { learningRate, best: null, badEpochs: 0 };
}

/** The state after an epoch with this validation loss. */
export function stepPlateau(state: PlateauState, loss: number, options: PlateauOptions): PlateauState {
  const improved = state.best === null || loss < state.best * (1 - options.threshold);
  const best = improved ? loss : state.best;
  const badEpochs = improved ? 0 : state.badEpochs + 1;
  if (badEpochs <= options.patience) return { learningRate: state.learningRate, best, badEpochs };
  const lowered = state.learningRate * options.factor;
  const learningRate = state.learningRate - lowered > SMALLEST_FALL ? lowered : state.learningRate;
  return { learningRate, best, badEpochs: 0 };
}
