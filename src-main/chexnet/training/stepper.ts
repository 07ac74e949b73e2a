/**
 * What the training loop asks of whatever computes its steps: native TensorFlow's whole graph (engine/backends), TF.js
 * operation by operation (`openEagerStepper`), or the plain loop that trains a head on pooled features
 * (`openHeadStepper`). A stepper owns weights, batch-norm statistics and Adam's moments; what it saves and loads again
 * goes on exactly where it was.
 */
import type { AdamOptions, TrainedPart } from '#main/contract/run';
import type { DenseNet } from '../network/densenet121';
import type { Weights } from '../network/weights';

export type { AdamOptions, TrainedPart };

export type TrainingState = {
  /**
   * Parameters by torchvision's names and shapes, `running_mean` and `running_var` too: all of the network, or those of
   * the part that is trained.
   */
  readonly weights: Weights;
  /** Adam's, of the parameters that are trained; empty maps are zeros. */
  readonly moments: { readonly first: Weights; readonly second: Weights };
  /** Optimiser steps done: Adam's t of the next step is one more. */
  readonly step: number;
};

export type TrainingBatch = {
  readonly count: number;
  /**
   * Where everything is trained: normalised films [count,224,224,channels]. Where only the tail is: what goes into the
   * last dense block, [count,7,7,512]. Where only the head is: pooled features [count,1024].
   */
  readonly inputs: Float32Array;
  /** [count,findings]: 1 and 0. What stands where a label is unknown does not matter. */
  readonly labels: Float32Array;
  /** [count,findings]: factor of each label's cross-entropy; 0 where a label is unknown. */
  readonly weights: Float32Array;
};

export type StepResult = {
  /** Σ weight · cross-entropy / (count · findings), of the weights before this step; not finite where it diverged. */
  readonly loss: number;
  /** [count,findings], in training mode (batch statistics). */
  readonly probabilities: Float32Array;
};

export type Stepper = {
  /** One step of Adam at this learning rate. Blocks its thread until done. */
  train(batch: TrainingBatch, rates: { readonly learningRate: number }): StepResult;
  /** Probabilities [count,findings] with the running statistics. `inputs` as in `TrainingBatch`. */
  evaluate(inputs: Float32Array, count: number): Float32Array;
  /** Copies: later steps do not change them. */
  save(): TrainingState;
  load(state: TrainingState): void;
  dispose(): void;
};

export type StepperOptions = {
  readonly network: DenseNet;
  readonly batchNormEpsilon: number;
  /** Share of the new batch in the running statistics: 0.1 as PyTorch's default. The variance kept is the unbiased. */
  readonly batchNormMomentum: number;
  readonly part: TrainedPart;
  readonly adam: AdamOptions;
  /** Computes activations again on the way back instead of keeping them: less memory, more time. */
  readonly recompute: boolean;
  /** Films at once; larger batches are cut and their gradients added up (batch norm sees each piece alone). */
  readonly microBatch: number | null;
};

/** The frozen layers before a tail or a head: what `TrainingBatch.inputs` holds, from normalised films. */
export type Trunk = {
  /** `films` [count,224,224,channels] → [count,7,7,512] for a tail, [count,1024] for a head. */
  embed(films: Float32Array, count: number): Float32Array;
  dispose(): void;
};
