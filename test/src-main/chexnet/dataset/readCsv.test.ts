import { describe, expect, it } from 'vitest';
import { readCsv } from '#main/chexnet/dataset/readCsv';
import { problemOf } from '#test/helpers/labelFixture';

function rowsOf(text: string): [number, readonly string[]][] {
  return readCsv(text).rows.map(({ line, cells }) => [line, cells]);
}

describe('readCsv', () => {
  it('keeps the line of each row over quoted line ends, blank lines and CRLF', () => {
    const text = '\uFEFFfile,report\r\na.png,"two\r\nlines, ""quoted"""\r\n\r\nb.png,plain\r\n';
    expect(rowsOf(text)).toEqual([
      [2, ['a.png', 'two\nlines, "quoted"']],
      [5, ['b.png', 'plain']],
    ]);
  });

  it.each([
    ['semicolons', 'file;Mass\na.png;1\n'],
    ['tabs', 'file\tMass\na.png\t1\n'],
    ['lone carriage returns', 'file,Mass\ra.png,1\r'],
    ['no line end at the end', 'file,Mass\na.png,1'],
    ['separators behind every line, and none behind the last', 'file;Mass;\na.png;1'],
    ['lines of separators alone', 'file;Mass\na.png;1\n;\n;;\n'],
    ['a byte order mark before quotes', '\uFEFF"file","Mass"\n"a.png","1"\n'],
  ])('reads %s', (_what, text) => {
    const { header, rows } = readCsv(text);
    expect([header, rows]).toEqual([['file', 'Mass'], [{ line: 2, cells: ['a.png', '1'] }]]);
  });

  it('reads names of columns that go over two lines', () => {
    const { header, rows } = readCsv('"File\nname";"Mass, left";Nodule\r\na.png;1;2\r\n');
    expect([header, rows]).toEqual([['File\nname', 'Mass, left', 'Nodule'], [{ line: 3, cells: ['a.png', '1', '2'] }]]);
  });

  it('finds the header below blank lines', () => {
    const { header, rows } = readCsv('\n  \r\nfile;Mass\na.png;1\n');
    expect([header, rows]).toEqual([['file', 'Mass'], [{ line: 4, cells: ['a.png', '1'] }]]);
  });

  it('takes spaces, underscores and capitals of a name for nothing, and the first of two names that differ in them', () => {
    const { columns } = readCsv('Image Index,PATIENT_ID,Patient Id\na,1,2\n');
    expect([...columns]).toEqual([
      ['imageindex', 0],
      ['patientid', 1],
    ]);
  });

  it('obeys the line "sep=" that Excel writes', () => {
    expect(rowsOf('"sep=;",,\nfile;Mass\na.png;1')).toEqual([[3, ['a.png', '1']]]);
    expect(rowsOf('sep=|\nfile|Mass,Nodule\na.png|1')).toEqual([[3, ['a.png', '1']]]);
  });

  it('fills rows that a spreadsheet cut short, and tells of them', () => {
    const { rows, shortLines } = readCsv('file,Mass,Nodule\na.png,1\nb.png,0,1\n');
    expect([rows[0]?.cells, shortLines]).toEqual([['a.png', '1', ''], [2]]);
  });

  it('drops blank cells behind the header, as NIH wrote them in 2017', () => {
    expect(rowsOf('file,Mass\na.png,1,,\n')).toEqual([[2, ['a.png', '1']]]);
  });

  it.each([
    ['nothing at all', '', 'The table is empty: it has no header.'],
    ['a quote that stays open', 'file,note\na.png,"x\nb.png,y\n', 'A quote is never closed in line 2.'],
    ['text behind a quote', 'file,note\na.png,"x"y\n', 'There is text behind a closing quote in line 2.'],
    ['too many cells', 'file,Mass\na.png,1,0\n', 'There are 3 cells where the header has 2 in line 2.'],
    [
      'an end that was cut off',
      'file,Mass,Nodule\na.png,1,0\nb.pn',
      'The table ends in the middle of a row in line 3.',
    ],
    ['a name that two columns have', 'file,Mass,mass\na,1,0\n', 'Two columns are named mass in line 1.'],
  ])('refuses %s', (_what, text, message) => {
    expect(problemOf(() => readCsv(text))).toEqual({ code: 'label/malformed', message });
  });
});
