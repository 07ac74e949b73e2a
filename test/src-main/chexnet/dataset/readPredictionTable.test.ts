import { describe, expect, it } from 'vitest';
import { NIH_FINDINGS } from '#main/contract/findings';
import { readPredictionTable } from '#main/chexnet/dataset/readPredictionTable';
import { labelFixture, problemOf } from '#test/helpers/labelFixture';

describe('readPredictionTable', () => {
  it('reads the published predictions of reproduce-chexnet', () => {
    const { findings, rows, joinBy } = readPredictionTable(labelFixture('predictions-nih.csv'));
    expect([findings, joinBy, rows.length]).toEqual([NIH_FINDINGS, 'file', 3]);
    expect([rows[0]?.key, rows[0]?.line, rows[0]?.probabilities[0], rows[0]?.probabilities[13]]).toEqual([
      ...['00000010_000.png', 2],
      ...[0.0116194645, 0.0039278236],
    ]);
  });

  it('reads a triage table: films without numbers are told apart', () => {
    const text = 'file,status,priority,Atelectasis,Hernia\na.dcm,ok,1.2,0.25,0.5\nb.dcm,refused,,,\nc.dcm,ok,0,0.1,\n';
    const { findings, rows, unscoredLines } = readPredictionTable(text);
    expect([findings, unscoredLines]).toEqual([['Atelectasis', 'Hernia'], [3]]);
    expect(rows.map(({ line, probabilities }) => [line, ...probabilities])).toEqual([
      [2, 0.25, 0.5],
      [4, 0.1, NaN],
    ]);
  });

  it.each([
    ['what is no probability', 'file,Mass\na,0.5\nb,1.5\nc,high\n', 'label/malformed', /lines 3 and 4/],
    ['a film twice', 'file,Mass\na,0.5\na,0.6\n', 'label/malformed', /line 3/],
    ['no finding', 'file,Tb\na,0.5\n', 'label/unknown-format', /finding/],
    ['no number at all', 'file,Mass\na,\n', 'label/malformed', /no row/],
  ])('refuses %s', (_what, text, code, message) => {
    const problem = problemOf(() => readPredictionTable(text));
    expect([problem.code, problem.message]).toEqual([code, expect.stringMatching(message)]);
  });
});
