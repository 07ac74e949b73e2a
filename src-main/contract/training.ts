/** Training as the window follows it: one run at a time is prepared, begun, paused, stopped, gone on with. */
import type { ErrorCode } from './errors';
import type { RecipeName, RunProgress } from './run';

export type PlannedFinding = {
  readonly finding: string;
  readonly positives: number;
  readonly films: number;
  readonly validationPositives: number;
  /** Enough positives to learn from. */
  readonly learnable: boolean;
  /** Enough of both kinds on the validation side to measure by. */
  readonly measurable: boolean;
};

/** What of a folder and its table does not come together. Lists hold the first ten of `count`. */
export type DataGaps = {
  readonly joinBy: 'file' | 'folder' | 'instance' | 'study' | 'accession';
  readonly rowsWithoutFilm: { readonly count: number; readonly lines: readonly number[] };
  /** Films or not: a table that names files is asked before any of them is looked at. */
  readonly filesWithoutRow: { readonly count: number; readonly files: readonly string[] };
  readonly leftOut: readonly {
    readonly code: ErrorCode;
    readonly count: number;
    readonly films: readonly { readonly file: string; readonly reason: string }[];
  }[];
  /** Pairs of films with nearly the same picture. */
  readonly nearIdentical: { readonly count: number; readonly pairs: readonly (readonly [string, string])[] };
  /** What became of labels that the table calls uncertain, and how many films of each finding have one. */
  readonly uncertain: {
    readonly policy: 'ignore' | 'positive' | 'negative';
    readonly labels: Readonly<Record<string, number>>;
  };
};

/** What a run would be, before it is one. */
export type TrainingPlan = {
  readonly id: string;
  readonly recipe: RecipeName;
  /** A model's id; null begins with random weights. */
  readonly from: string | null;
  readonly training: { readonly films: number; readonly patients: number };
  readonly validation: { readonly films: number; readonly patients: number };
  /** Kept apart. */
  readonly testFilms: number;
  readonly split: string;
  readonly findings: readonly PlannedFinding[];
  readonly warnings: readonly string[];
  readonly diskBytes: number;
  /** If all epochs are needed. */
  readonly seconds: number;
  readonly epochs: number;
};

export type TrainingState = {
  readonly phase: 'idle' | 'planning' | 'planned' | 'running' | 'stopping';
  readonly plan: TrainingPlan | null;
  readonly runId: string | null;
  readonly progress: RunProgress | null;
  /** By a person, or because it is day. */
  readonly paused: 'person' | 'day' | null;
  /** It trains from 20:00 to 06:00 alone. */
  readonly nightOnly: boolean;
};

export const IDLE: TrainingState = {
  phase: 'idle',
  plan: null,
  runId: null,
  progress: null,
  paused: null,
  nightOnly: false,
};
