/** What the rest of Hilum knows of an engine: which backends there are, and which one answers. */

export const BACKEND_IDS = ['tensorflow', 'wasm'] as const;
export type BackendId = (typeof BACKEND_IDS)[number];

export type BackendReport = {
  readonly id: BackendId;
  /** `CPU, 2 threads, SIMD` … */
  readonly device: string;
  /** Null where it was not tried: nobody needed to know. */
  readonly available: boolean | null;
  /** Why it is not available, was refused or was not tried; '' where it works. */
  readonly reason: string;
  /** Largest difference in probability from the stored references; null where it did not run. */
  readonly selfTestMaxDifference: number | null;
  readonly millisecondsPerFilm: number | null;
};

/** Native TensorFlow as a pack: what it costs, and whether it is here. */
export type EnginePackState = {
  /** False on systems that the pack is not for. */
  readonly supported: boolean;
  /** Of TensorFlow; null where none is installed. */
  readonly installed: string | null;
  /** Of TensorFlow: what an installation brings. */
  readonly version: string;
  readonly downloadBytes: number;
  /** What must be free while it is installed. */
  readonly diskBytes: number;
};

export type EngineStatus = {
  readonly state: 'starting' | 'ready' | 'restarting' | 'failed';
  readonly backends: readonly BackendReport[];
  readonly chosen: BackendId | null;
  /** One line for people: why it failed or restarts. */
  readonly message: string;
  /** How often the process was replaced since the start. */
  readonly restarts: number;
};
