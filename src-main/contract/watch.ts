/** The watched folder of the window: films that come into it are imported and judged by themselves. */
import type { ErrorBody } from './errors';

export type WatchState = {
  /** Null where none was chosen. */
  readonly folder: string | null;
  /** `waiting`: the folder is gone, or there is no model; it is tried again. */
  readonly state: 'off' | 'watching' | 'waiting';
  /** Why it waits. */
  readonly problem: ErrorBody | null;
  /** Films that came since Hilum was started, those known already left out. */
  readonly imported: number;
  /** When the last of them came (ISO 8601, UTC). */
  readonly lastAt: string | null;
};
