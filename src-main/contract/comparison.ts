/**
 * Two models on the same films, as `hilum models compare --json` prints it and the window shows it. Plain JSON. Pairs
 * are the first model's and the second's, differences first − second; findings are those that both know.
 */
import type { AcceptedFinding } from './acceptance';
import type { KnownPatients } from './knownPatients';

export type ModelsComparison = KnownPatients & {
  readonly notice: string;
  readonly models: readonly [ComparedModel, ComparedModel];
  /** What they were judged on: paths. */
  readonly images: readonly string[];
  readonly labels: string | null;
  /** Films that both have judged: `films` may hold fewer of them. */
  readonly n: number;
  /** Films on which one model flags what the other does not. */
  readonly changed: number;
  readonly findings: Readonly<Record<string, ComparedFinding>>;
  /** In the order of their names. */
  readonly films: readonly ComparedFilm[];
  readonly warnings: readonly string[];
};

export type ComparedModel = {
  readonly id: string;
  readonly version: string;
  readonly weightsSha256: string;
  readonly preprocessing: string;
  /** The rule of its cut-offs; null where it has none, and flags nothing. */
  readonly cutoffs: string | null;
  readonly backend: string;
  /** Findings that the other one does not know. */
  readonly ownFindings: readonly string[];
  /** Files that this model alone has judged. */
  readonly ownFilms: readonly string[];
};

export type Pair<Value> = readonly [Value, Value];

export type ComparedFinding = {
  /** Of the probabilities, and of their order; null where one of them is the same for all films. */
  readonly pearson: number | null;
  readonly spearman: number | null;
  readonly mean: Pair<number>;
  readonly meanDifference: number;
  /** Without its sign. */
  readonly largestDifference: number;
  readonly flags: Pair<number>;
  /** Films that one of them flags alone. */
  readonly flaggedByOne: Pair<number>;
  /** On the labelled films of patients whom neither was trained on; null where there are no labels of this finding. */
  readonly labelled: Omit<AcceptedFinding, 'cutoff'> | null;
};

export type ComparedFilm = {
  readonly film: string;
  readonly contentSha256: string;
  readonly probabilities: Readonly<Record<string, Pair<number>>>;
  /** Of all findings of each model: see contract/priority. */
  readonly priority: Pair<number>;
  readonly leadingFinding: Pair<string | null>;
  readonly flagged: Pair<readonly string[]>;
  /** Flags that one of them gives alone, of the findings that both know. */
  readonly flaggedByOne: Pair<readonly string[]>;
  /** Of the findings' probabilities, without its sign. */
  readonly largestDifference: number;
};
