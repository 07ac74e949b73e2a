import { expect, it } from 'vitest';
import { pearson, spearman } from '#main/chexnet/evaluation/correlate';
import { comparedFindings, readFixture } from './readFixture';

it("is SciPy's, also where many numbers are equal", () => {
  const [set, other] = [readFixture(), readFixture('other-predictions')];
  const compared = comparedFindings();
  expect(compared).toHaveLength(13);
  for (const { finding, expected } of compared) {
    const columns = [set, other].map(({ findings, probabilities }) => probabilities[findings.indexOf(finding)]!);
    expect(pearson(columns[0]!, columns[1]!)).toBeCloseTo(expected.correlation.pearson, 12);
    expect(spearman(columns[0]!, columns[1]!)).toBeCloseTo(expected.correlation.spearman, 12);
  }
});

it('is 1 between a column and itself, and is not defined where one does not vary', () => {
  const column = Float64Array.of(0.1, 0.7, 0.3);
  const same = new Float64Array(3).fill(0.1);
  expect([pearson(column, column), spearman(column, column.map(Math.exp))]).toEqual([1, 1]);
  expect([pearson(column, same), spearman(same, column), pearson(same, same)]).toEqual([null, null, null]);
});
