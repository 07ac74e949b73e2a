/** The area under the ROC curve alone, for those who need nothing else of an evaluation. */
import { measure } from './measure';
import { rankScores } from './rankedFilms';

/**
 * Ties count half. Films whose label is neither 1 nor 0, or whose score is NaN, are left out. Null where a class is
 * missing: it is not defined then.
 */
export function aurocOf(scores: Float64Array, labels: ArrayLike<number>): number | null {
  const patients = new Int32Array(scores.length);
  const { auroc } = measure(rankScores({ scores, labels, patients, patientCount: 1 }));
  return Number.isNaN(auroc) ? null : auroc;
}
