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
    ['commas for points between semicolons', 'file;Mass\na;0,35\nb;1\n'],
    ['percent signs', 'file,Mass\na,35 %\nb,100%\n'],
    ['commas for points and percent signs', 'file\tMass (%)\na\t35,0%\nb\t100%\n'],
    ['quoted cells', '"file","mass_prob"\r\n"a","3.5e-1"\r\n"b","1"\r\n'],
    ['a row that stands there twice', 'file,score_Mass\na,0.35\nb,1\na,0.35\n'],
    ['columns of other things', 'index,FILE,Mass,fold,comment\n0,a,0.35,1,"two\nlines"\n1,b,1,2,\n'],
    ['rows without a number', 'file,Mass\na,0.35\nb,1\nc,NaN\n,\nd,#N/A\na,\n'],
  ])('reads %s', (_what, text) => {
    const { findings, rows } = readPredictionTable(text);
    expect([findings, rows.map(({ key, probabilities }) => [key, ...probabilities])]).toEqual([
      ['Mass'],
      [
        ['a', 0.35],
        ['b', 1],
      ],
    ]);
  });

  it('has several films of a study, but not of an instance', () => {
    const text = 'StudyInstanceUID,SOPInstanceUID,Mass\n1.2,1.2.1,0.5\n1.2,1.2.2,0.6\n';
    expect(readPredictionTable(text, { joinBy: 'study' }).rows.map(({ key }) => key)).toEqual(['1.2', '1.2']);
    expect(readPredictionTable(text).joinBy).toBe('instance');
  });

  it.each([
    ['what is no probability', 'file,Mass\na,0.5\nb,high\nc,0.1.2\n', 'label/malformed', /"high" \(in lines 3 and 4\)/],
    ['what comes before the sigmoid', 'file,Mass\na,0.5\nb,1.5\nc,-2\n', 'label/malformed', /exp\(-x\)\) \(in lines/],
    [
      'percent without a sign',
      'file,Mass\na,0.5\nb,35\n',
      'label/malformed',
      /Mass hold others, as "35"; percent want/,
    ],
    ['an endless number', 'file,Mass\na,inf\nb,Infinity\n', 'label/malformed', /"inf".*in lines 2 and 3/],
    ['a film twice', 'file,Mass\na,0.5\na,0.6\n', 'label/conflict', /lines 2 and 3/],
    ['a row of no film', 'file,Mass\na,0.5\n,0.6\n', 'label/malformed', /line 3/],
    ['two columns of one finding', 'file,Effusion,Pleural Effusion\na,0.5,0.6\n', 'label/unknown-format', /Effusion/],
    ['no finding', 'file,Tb\na,0.5\n', 'label/unknown-format', /finding.*: it has file and Tb\./],
    ['no film', 'name,Mass\na,0.5\n', 'label/unknown-format', /"file" would: it has name and Mass\./],
    ['no number at all', 'file,Mass\na,\n', 'label/malformed', /no row/],
  ])('refuses %s', (_what, text, code, message) => {
    const problem = problemOf(() => readPredictionTable(text));
    expect([problem.code, problem.message]).toEqual([code, expect.stringMatching(message)]);
  });
});
