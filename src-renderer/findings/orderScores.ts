/** The order of the findings list: the card's, or by how far each probability stands on its bar. */
import type { Settings } from '#main/contract/settings';
import type { FindingScore } from '#main/contract/study';
import { barPosition } from './barScale';

export function orderScores(
  scores: readonly FindingScore[],
  order: Settings['findingsOrder'],
): readonly FindingScore[] {
  if (order === 'card') return scores;
  return scores.toSorted(
    (one, other) => barPosition(other.probability, other.cutoff) - barPosition(one.probability, one.cutoff),
  );
}
