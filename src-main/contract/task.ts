/** Long work that a person can watch and cancel. */
import type { ErrorBody } from './errors';
import type { TaskId } from './ids';

/** Units of an installation are bytes, those of the others films. */
export type TaskKind = 'import' | 'analyse' | 'install' | 'commission' | 'compare' | 'evaluate' | 'train';

export type TaskState = 'running' | 'done' | 'failed' | 'cancelled';

export type Task = {
  readonly id: TaskId;
  readonly kind: TaskKind;
  readonly title: string;
  readonly state: TaskState;
  readonly progress: {
    readonly done: number;
    /** Null while it is still being counted. */
    readonly total: number | null;
    readonly phase: string;
    readonly etaSeconds: number | null;
  };
  /** How the finished units ended: films imported, already known, refused, failed. */
  readonly counts: { readonly ok: number; readonly known: number; readonly refused: number; readonly failed: number };
  readonly error: ErrorBody | null;
  readonly cancellable: boolean;
  readonly startedAt: string;
  readonly endedAt: string | null;
};
