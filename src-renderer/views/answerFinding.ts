/** The reader's answer about the finding at hand; then the next one is at hand, so that fourteen take fourteen keys. */
import type { ReviewChange } from '#main/contract/review';
import type { FindingScore } from '#main/contract/study';
import { orderScores } from '../findings/orderScores';
import type { Workstation } from './workstation.svelte';

/** The findings of the film that is read, in the order in which they stand; the card's where numbers are hidden. */
export function shownScores({ study, settings, hidden }: Workstation): readonly FindingScore[] {
  return orderScores(study.subject?.prediction?.scores ?? [], hidden ? 'card' : settings.current.findingsOrder);
}

/** The finding that an answer would be about: that of the map, else where the list stands. */
export function findingAtHand(station: Workstation): string | undefined {
  const wanted = station.attention.finding ?? station.review.cursor;
  const scores = shownScores(station);
  return (scores.find(({ finding }) => finding === wanted) ?? scores[0])?.finding;
}

export function answerFinding(station: Workstation, answer: ReviewChange): void {
  const film = station.study.subject;
  const finding = findingAtHand(station);
  if (film === null || finding === undefined) return;
  void station.review.answer(film, { [finding]: answer });
  const scores = shownScores(station);
  const next = scores[scores.findIndex((score) => score.finding === finding) + 1];
  if (answer === 'open' || next === undefined) return;
  station.review.cursor = next.finding;
  if (station.attention.finding !== null) void station.attention.choose(next.finding);
}
