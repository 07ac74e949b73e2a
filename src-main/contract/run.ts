/**
 * A training run, as its process, the command line, the window and its folder on disk know it. Losses are the
 * recipe's cross-entropy; AUROCs are null where a finding has films of one kind only.
 */

import * as v from 'valibot';
import { ModelCardSchema } from './card';

export const RECIPE_NAMES = ['paper', 'article', 'head', 'tail'] as const;
export type RecipeName = (typeof RECIPE_NAMES)[number];

export const TRAINING_TASKS = ['findings', 'pneumonia'] as const;
/** All findings of the table as CheXNet's 14 outputs, or one output against everything else (the paper's first). */
export type TrainingTask = (typeof TRAINING_TASKS)[number];

/** The layers that learn. What lies before them runs with its running statistics and is never changed. */
export type TrainedPart = 'all' | 'tail' | 'head';

export type AdamOptions = {
  readonly beta1: number;
  readonly beta2: number;
  /** PyTorch's place of it: added to √v̂, after the correction of the bias. */
  readonly epsilon: number;
};

/** When the learning rate falls: ReduceLROnPlateau of PyTorch. */
export type PlateauOptions = {
  /** Times the learning rate. */
  readonly factor: number;
  /** Epochs without improvement that are borne before the rate falls. */
  readonly patience: number;
  /** A loss improves when it is below best · (1 − threshold). */
  readonly threshold: number;
};

/** Each film is changed anew in each epoch, within these bounds; 0 changes nothing. Validation films never are. */
export type Augmentation = {
  /** Every second film, left for right. */
  readonly flip: boolean;
  /** Around the middle, either way. */
  readonly rotationDegrees: number;
  /** Of the side of the film, in both directions. */
  readonly shift: number;
  /** 0.1: from 0.9 to 1.1 times. */
  readonly scale: number;
  /** 0.1: the distance from the mean grey times 0.9 to 1.1. */
  readonly contrast: number;
};

export type Hyperparameters = {
  readonly part: TrainedPart;
  /** `linear` as in the paper; `dense1024` as in the article: dense 1024, ReLU, dense. */
  readonly head: 'linear' | 'dense1024';
  readonly batch: number;
  readonly learningRate: number;
  readonly adam: AdamOptions;
  readonly plateau: PlateauOptions;
  /** At most. */
  readonly epochs: number;
  /** Epochs without a lower validation loss after which the run ends; null: never. */
  readonly endAfter: number | null;
  /** Share of a batch in the running statistics of batch norm (PyTorch's momentum). */
  readonly batchNormMomentum: number;
  readonly augmentation: Augmentation;
};

/** What computes the steps: a run stays with it, because its numbers are not those of the other. */
const TRAINING_BACKENDS = ['tensorflow', 'wasm'] as const;
export type TrainingBackend = (typeof TRAINING_BACKENDS)[number];

/** How a batch fits into memory. */
export type MemoryPlan = {
  /** Activations are computed again on the way back: half the memory, a tenth more time, the same numbers. */
  readonly recompute: boolean;
  /** Films at once; larger batches are cut, their gradients added up. Batch norm then sees each piece alone. */
  readonly microBatch: number | null;
};

/** What the validation films say of weights. */
export type Measured = {
  readonly validationLoss: number;
  readonly auroc: Readonly<Record<string, number | null>>;
  /** Over the findings that have one. */
  readonly meanAuroc: number | null;
};

/** One line of epochs.jsonl. */
export type EpochRecord = Measured & {
  /** From 1. */
  readonly epoch: number;
  readonly trainingLoss: number;
  /** Of this epoch's steps. */
  readonly learningRate: number;
  /** Training films, validation not counted. */
  readonly filmsPerSecond: number;
  readonly durationSeconds: number;
  /** Its validation loss is the lowest so far, that of the weights before the first step included. */
  readonly best: boolean;
};

export type RunProgress = {
  /** `features`: the frozen layers' output is made, once. */
  readonly phase: 'features' | 'training' | 'validation' | 'saving';
  /** From 1; 0 before the first step. */
  readonly epoch: number;
  readonly epochs: number;
  /** Films of this phase. */
  readonly done: number;
  readonly total: number;
  /** Mean of the epoch so far; null before the first step. */
  readonly loss: number | null;
  readonly learningRate: number;
  readonly filmsPerSecond: number;
  /** To the end of the last epoch, if none ends early. */
  readonly secondsLeft: number | null;
  /** Of the training process. */
  readonly rssBytes: number;
};

/** What a run tells while it goes on. */
export type RunEvent =
  | { readonly kind: 'progress'; readonly progress: RunProgress }
  /** The weights that the run begins with, before its first step. */
  | { readonly kind: 'beginning'; readonly measured: Measured }
  | { readonly kind: 'epoch'; readonly record: EpochRecord }
  /** A decision that the receipt tells too: recomputation, micro-batches. */
  | { readonly kind: 'note'; readonly text: string };

/** How a run ended, or did not: `stopped` goes on with `--resume`. */
export type RunState = 'running' | 'stopped' | 'finished' | 'failed';

const Counts = v.record(v.string(), v.number());

/** One side of the split. */
const SideSchema = v.object({
  films: v.number(),
  patients: v.number(),
  positives: Counts,
  /** Known labels that are not positive. */
  negatives: Counts,
});

export type RunSide = v.InferOutput<typeof SideSchema>;

const HyperparametersSchema = v.object({
  part: v.picklist(['all', 'tail', 'head']),
  head: v.picklist(['linear', 'dense1024']),
  batch: v.number(),
  learningRate: v.number(),
  adam: v.object({ beta1: v.number(), beta2: v.number(), epsilon: v.number() }),
  plateau: v.object({ factor: v.number(), patience: v.number(), threshold: v.number() }),
  epochs: v.number(),
  endAfter: v.nullable(v.number()),
  batchNormMomentum: v.number(),
  augmentation: v.object({
    flip: v.boolean(),
    rotationDegrees: v.number(),
    shift: v.number(),
    scale: v.number(),
    contrast: v.number(),
  }),
});

/** `run.json`: all that a run depends on, and what became of it. */
export const RunReceiptSchema = v.object({
  schema: v.literal(1),
  /** Of the run, and of the model that it makes. */
  id: v.string(),
  createdAt: v.string(),
  recipe: v.picklist(RECIPE_NAMES),
  task: v.picklist(TRAINING_TASKS),
  values: HyperparametersSchema,
  seed: v.number(),
  findings: v.array(v.string()),
  input: v.object({ ...ModelCardSchema.entries.input.entries }),
  batchNormEpsilon: v.number(),
  /** Null began with random weights. */
  initial: v.nullable(
    v.object({ model: v.string(), sha256: v.string(), outputs: v.nullable(v.array(v.nullable(v.number()))) }),
  ),
  data: v.object({
    images: v.string(),
    labels: v.string(),
    labelsSha256: v.string(),
    format: v.string(),
    uncertain: v.picklist(['ignore', 'positive', 'negative']),
    /** How patients came to their side, in words. */
    split: v.string(),
    training: SideSchema,
    validation: SideSchema,
    /** SHA-256 over contents and labels of the films. */
    contentSha256: v.string(),
    /** Films that were left out, by reason; `test`: kept apart for it. */
    leftOut: Counts,
  }),
  /** Missing in receipts of before it was kept. */
  backend: v.optional(v.picklist(TRAINING_BACKENDS)),
  threads: v.number(),
  memory: v.object({ recompute: v.boolean(), microBatch: v.nullable(v.number()) }),
  /** Decisions that were made on the way: recomputation, micro-batches. */
  notes: v.array(v.string()),
  end: v.nullable(
    v.object({ state: v.picklist(['finished', 'failed']), at: v.string(), backend: v.string(), reason: v.string() }),
  ),
});

export type RunReceipt = v.InferOutput<typeof RunReceiptSchema>;

export type RunSummary = {
  readonly state: RunState;
  readonly receipt: RunReceipt;
  /** Of the weights that it began with; null where they are not measured yet. */
  readonly beginning: Measured | null;
  readonly epochs: readonly EpochRecord[];
};
