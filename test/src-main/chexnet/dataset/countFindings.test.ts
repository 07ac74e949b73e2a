import { describe, expect, it } from 'vitest';
import { countFindings } from '#main/chexnet/dataset/countFindings';
import { makeRow } from './makeRows';

const TOO_RARE = { learnable: false, measurable: false };

describe('countFindings', () => {
  const rows = [
    makeRow(2, 'P1', [1, -1, 0]),
    makeRow(3, 'P1', [1, -1, 0]),
    makeRow(4, 'P2', [0, -1, 0]),
    { ...makeRow(5, 'P3', [-1, -1, 0]), uncertain: [0] },
    makeRow(6, 'P4', [0, -1, 0]),
    makeRow(7, 'P5', [0, -1, 0]),
  ];

  it('counts known labels only, and weighs as CheXNet does: w+ the negatives’ share, w− the positives’', () => {
    expect(countFindings(rows, ['Mass', 'Edema', 'Hernia'])).toEqual([
      {
        ...{ finding: 'Mass', films: 5, positives: 2, positivePatients: 1, uncertain: 1 },
        ...{ prevalence: 0.4, weightPositive: 0.6, weightNegative: 0.4 },
        ...TOO_RARE,
      },
      {
        ...{ finding: 'Edema', films: 0, positives: 0, positivePatients: 0, uncertain: 0 },
        ...{ prevalence: null, weightPositive: null, weightNegative: null },
        ...TOO_RARE,
      },
      {
        ...{ finding: 'Hernia', films: 6, positives: 0, positivePatients: 0, uncertain: 0 },
        ...{ prevalence: 0, weightPositive: null, weightNegative: null },
        ...TOO_RARE,
      },
    ]);
  });

  it('measures by 10 films of each kind, and learns from 50 positives', () => {
    const many = (positives: number, negatives: number) =>
      [...new Array<number>(positives).fill(1), ...new Array<number>(negatives).fill(0)].map((label, index) =>
        makeRow(index + 2, 'P', [label]),
      );
    const said = [many(10, 10), many(50, 9), many(9, 50)].map((some) => countFindings(some, ['Mass'])[0]);
    expect(said.map((count) => [count?.learnable, count?.measurable])).toEqual([
      [false, true],
      [true, false],
      [false, false],
    ]);
  });

  it('counts the rows that it is given', () => {
    expect(countFindings(rows, ['Mass'], [1, 2]).map(({ films, positives }) => [films, positives])).toEqual([[2, 1]]);
  });
});
