/** A reader study: people and a model on the same films, each measured against the others. Plain JSON. */
import type { CutoffView } from './cutoffs';
import type { WithInterval } from './interval';

/**
 * What stands for the truth. `eachReader`: each other reader in turn, averaged (CheXNet, section 3). `eachLabel`: as
 * that paper words it, each of the other labels, for a reader the model's among them. `majority`: what most of the
 * other readers say (the paper's project page); the model against the majority without each reader in turn.
 */
export type ReaderTruth = 'eachReader' | 'eachLabel' | 'majority';

export type ReaderStudy = {
  /** File names, or `the reviews of this installation`. */
  readonly source: string;
  readonly readers: readonly string[];
  /** Films that a reader has answered and the model has judged. */
  readonly n: number;
  readonly patients: number;
  /** Rows of readers about other films. */
  readonly unmatched: number;
  readonly bootstrap: { readonly count: number; readonly seed: number; readonly by: 'patient' };
  readonly findings: Readonly<Record<string, ReaderStudyFinding>>;
  /** Sentences: how the figures are defined, and what becomes of ties and missing answers. */
  readonly definitions: Readonly<Record<ReaderTruth | 'answers', string>>;
  /** The paper's own result, as an example of the form: on other films, by other people. */
  readonly example: PublishedReaderStudy;
};

export type ReaderStudyFinding = {
  /** The model calls a film positive from here on. */
  readonly cutoff: number;
  /** Those that films of a view are judged by instead. */
  readonly cutoffsByView: Readonly<Partial<Record<CutoffView, number>>>;
  readonly truths: Readonly<Record<ReaderTruth, ReaderComparison>>;
};

export type ReaderComparison = {
  readonly readers: readonly RaterF1[];
  /** Mean of the readers' F1. */
  readonly mean: WithInterval<'f1'>;
  readonly model: RaterF1;
  /** Model − mean of the readers. */
  readonly difference: WithInterval<'difference'>;
  /** Films that the majority is split on, by the reader who is left out; [] where no majority is asked. */
  readonly tied: readonly number[];
};

export type RaterF1 = WithInterval<'f1'> & {
  readonly rater: string;
  /** `f1` is the mean of theirs, where defined. */
  readonly against: readonly TruthF1[];
};

/** Not defined where neither calls any film positive. */
export type TruthF1 = WithInterval<'f1'> & {
  readonly truth: string;
  /** Films that both have answered, and those of them that are positive in truth. */
  readonly n: number;
  readonly positives: number;
};

export type PublishedReaderStudy = {
  readonly name: string;
  readonly finding: string;
  readonly films: number;
  readonly bootstraps: number;
  readonly raters: readonly PublishedRater[];
  readonly notComparable: string;
};

export type PublishedRater = {
  readonly rater: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
};
