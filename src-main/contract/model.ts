/** The models of this computer as the window shows them. */
import type { Acceptance } from './acceptance';
import type { ModelCard } from './card';
import type { ErrorBody } from './errors';

export type ModelEntry = {
  readonly id: string;
  /** It came with Hilum. */
  readonly builtIn: boolean;
  readonly active: boolean;
  /** As this site uses it; null where the model can not be used. */
  readonly card: ModelCard | null;
  /** Why it can not be used. */
  readonly problem: ErrorBody | null;
  /** The last acceptance test here, signed or not. */
  readonly acceptance: Acceptance | null;
};

export type ModelList = {
  readonly models: readonly ModelEntry[];
  /** What a rollback would make the active one; null where there is none. */
  readonly previous: string | null;
  /** What a model file can not say of itself, by the names of whose models are known. */
  readonly presets: readonly string[];
};
