import { expect, it } from 'vitest';
import { orderScores } from '../../../src-renderer/findings/orderScores';
import { makeScore } from '../makeStudies';

it('orders findings by how far they stand on their bars, equal ones as the card has them', () => {
  const scores = [
    makeScore('A', 0.3, 0.6),
    makeScore('B', 0.2, 0.1),
    makeScore('C', 0.3, 0.6),
    makeScore('D', 0.5, 0.9),
  ];
  expect(orderScores(scores, 'card').map(({ finding }) => finding)).toEqual(['A', 'B', 'C', 'D']);
  expect(orderScores(scores, 'probability').map(({ finding }) => finding)).toEqual(['B', 'D', 'A', 'C']);
});
