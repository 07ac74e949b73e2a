/**
 * A training run, as its process, the command line, the window and its folder on disk know it. Losses are the
 * recipe's cross-entropy; AUROCs are null where a finding has films of one kind only.
 */

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

/** One line of epochs.jsonl. */
export type EpochRecord = {
  /** From 1. */
  readonly epoch: number;
  readonly trainingLoss: number;
  readonly validationLoss: number;
  readonly auroc: Readonly<Record<string, number | null>>;
  /** Over the findings that have one. */
  readonly meanAuroc: number | null;
  /** Of this epoch's steps. */
  readonly learningRate: number;
  /** Training films, validation not counted. */
  readonly filmsPerSecond: number;
  readonly durationSeconds: number;
  /** Its validation loss is the lowest so far: its weights are the best. */
  readonly best: boolean;
};

export type RunProgress = {
  /** `features`: the frozen layers' output is made, once. */
  readonly phase: 'features' | 'training' | 'validation' | 'saving';
  /** From 1; 0 while features are made. */
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
  | { readonly kind: 'epoch'; readonly record: EpochRecord }
  /** A decision that the receipt must tell: recomputation, micro-batches. */
  | { readonly kind: 'note'; readonly text: string };

/** How a run ended, or did not. */
export type RunState = 'running' | 'stopped' | 'finished' | 'failed';
