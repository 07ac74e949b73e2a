/** What can be asked of the training process: one run in its life. */
import type { ModelCard } from '#main/contract/card';
import type { Hyperparameters, MemoryPlan } from '#main/contract/run';

/** Rows and columns of a film in the cache that training reads: a byte a pixel, film after film. */
export const CACHED_SIDE = 256;

/** Of a GPU's free memory so much is left to the engine that reads, which grows into it. */
export const READING_SHARE_MB = 2048;

/** Films of one side of the split. */
export type TrainingFilms = {
  /** Numbers of the films in the cache. */
  readonly places: Uint32Array;
  /** [films,findings]: 1, 0, and −1 where nothing is known. */
  readonly labels: Int8Array;
  /** [films,findings]: factors of the labels' cross-entropies. */
  readonly weights: Float32Array;
};

export type TrainingJob = {
  /** The run's own: checkpoints and cached features lie there. */
  readonly folder: string;
  readonly cacheFile: string;
  readonly values: Hyperparameters;
  readonly seed: number;
  readonly findings: readonly string[];
  readonly input: ModelCard['input'];
  readonly batchNormEpsilon: number;
  /** Null begins with random weights. */
  readonly initial: {
    readonly weightsPath: string;
    readonly sha256: string;
    /** For each finding the place of that output in the model, or null; null as a whole: its head is another kind. */
    readonly outputs: readonly (number | null)[] | null;
  } | null;
  readonly training: TrainingFilms;
  readonly validation: TrainingFilms;
  /** Path of TF.js's addon in the engine pack; null where there is none. */
  readonly addon: string | null;
  /** False leaves GPUs alone. */
  readonly gpu: boolean;
  readonly threads: number;
  readonly memory: MemoryPlan;
  readonly checkpointEveryMinutes: number;
};

export type TrainingProtocol = {
  /**
   * Goes on from the run's last checkpoint, or begins. Ends with the run, or between two steps once it is asked to
   * stop; its checkpoint is on the disk then. Pushes `RunEvent`s. Throws `training/diverged`, `engine/unavailable`,
   * `engine/out-of-memory`, `model/invalid`, `model/hash-mismatch`, `disk/full`.
   */
  train: { argument: TrainingJob; reply: { readonly outcome: 'finished' | 'stopped'; readonly backend: string } };
  stop: { argument: Record<string, never>; reply: null };
  /** Between two steps; its memory stays. */
  pause: { argument: { readonly paused: boolean }; reply: null };
};
