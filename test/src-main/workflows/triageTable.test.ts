import { describe, expect, it } from 'vitest';
import { compareReports, csvCell, TRIAGE_COLUMNS, triageCsv } from '#main/workflows/triageTable';
import { makeProblem, makeReport } from './makeReport';

/** The columns that scripts of others rely on, in their order. */
const COLUMNS =
  'file,status,code,reason,patient_id,accession_number,study_uid,instance_uid,study_datetime,view,age,sex,station,' +
  'manufacturer_model,priority,priority_reason,leading_finding,warnings,override,Atelectasis,Cardiomegaly,Effusion,' +
  'Infiltration,Mass,Nodule,Pneumonia,Pneumothorax,Consolidation,Edema,Emphysema,Fibrosis,Pleural_Thickening,Hernia,' +
  'model,weights_sha256,cutoff_set,backend,file_sha256,notice';

describe('triageCsv', () => {
  it('has the columns of the README in their order', () => {
    expect(TRIAGE_COLUMNS.join(',')).toBe(COLUMNS);
  });

  it('writes a judged film with 6 decimals', () => {
    expect(triageCsv([makeReport()])).toBe(
      `${COLUMNS}\nfilms/a.dcm,ok,,,P1,A1,1.2.3,1.2.3.4,2026-11-23T05:44:36,PA,63,F,ROOM 2,DX-9,2.250000,` +
        'Edema at or above its cut-off,Edema,lossy age-unknown,,0.000000,0.010000,0.020000,0.030000,0.040000,' +
        '0.050000,0.060000,0.070000,0.080000,0.090000,0.100000,0.110000,0.120000,0.130000,demo,' +
        `${'ab'.repeat(32)},95 % specificity,"wasm 4.22.0, 2 threads, SIMD",${'cd'.repeat(32)},` +
        'Research software. Not for diagnosis.\n',
    );
  });

  it('names the view whose cut-offs a film was judged by, behind their set', () => {
    const cutoffs = { view: 'AP', values: { Edema: 0.05 }, common: [] } as const;
    expect(triageCsv([makeReport({ cutoffs: { ...cutoffs, common: [] } })])).toContain(
      ',95 % specificity; cut-offs of AP films,',
    );
  });

  it('leaves every number cell of a film that was not judged empty', () => {
    const reason = 'The film shows a hand.';
    const [, row = ''] = triageCsv([makeProblem('refused', { code: 'film/not-chest', reason, warnings: [] })]).split(
      '\n',
    );
    expect(row).toBe(
      `films/a.dcm,refused,film/not-chest,${reason},P1,A1,1.2.3,1.2.3.4,2026-11-23T05:44:36,PA,63,F,ROOM 2,DX-9,,,,,,` +
        `,,,,,,,,,,,,,,demo,${'ab'.repeat(32)},95 % specificity,,${'cd'.repeat(32)},Research software. Not for diagnosis.`,
    );
  });

  it.each([
    [null, ''],
    [0.019178082191780823, '0.02'],
    [1.5, '1.50'],
    [2, '2'],
    [63.99178082191781, '63'],
  ])('writes the age %s as %j', (ageYears, cell) => {
    const report = makeReport();
    const [, row = ''] = triageCsv([{ ...report, film: report.film && { ...report.film, ageYears } }]).split('\n');
    expect(row.split(',')[10]).toBe(cell);
  });

  it('leaves the cell of a finding that the model does not have empty', () => {
    const [, row = ''] = triageCsv([makeReport({ probabilities: { Pneumonia: 0.5, Fracture: 0.25 } })]).split('\n');
    expect(row.split(',').slice(19, 33)).toEqual([
      ...Array<string>(6).fill(''),
      '0.500000',
      ...Array<string>(7).fill(''),
    ]);
  });
});

describe('csvCell', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-film.dcm', "'-film.dcm"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\tx', "'\tx"],
    ['\rx', '"\'\rx"'],
    ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
    ['＝1+1', "'＝1+1"],
    ['\n=1', '"\'\n=1"'],
    ['a=b', 'a=b'],
    ['a,b', '"a,b"'],
    ['say "a"', '"say ""a"""'],
    ['two\nlines', '"two\nlines"'],
    ['', ''],
  ])('writes %j as %j', (text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });

  it('does not take a negative number for a formula', () => {
    expect(csvCell(-1)).toBe('-1');
  });
});

describe('compareReports', () => {
  function order(...reports: Parameters<typeof compareReports>[0][]): string[] {
    return reports.toSorted(compareReports).map(({ file }) => file);
  }
  const film = makeReport().film;
  if (film === null) throw new Error('the report that tests change has a film');

  it('puts what waits for a human first, then the most urgent, laterals last', () => {
    expect(
      order(
        makeProblem('not_scored', { file: 'lateral' }),
        makeReport({ file: 'no flag', priority: 0 }),
        makeReport({ file: 'urgent', priority: 3.5 }),
        makeProblem('failed', { file: 'broken', film: null }),
        makeReport({ file: 'less', priority: 3.4 }),
        makeProblem('refused', { file: 'child' }),
      ),
    ).toEqual(['child', 'broken', 'urgent', 'less', 'no flag', 'lateral']);
  });

  it('puts the longest waiting first among equals, and those without a time last', () => {
    const at = (studyDateTime: string) => ({ film: { ...film, studyDateTime }, file: studyDateTime });
    expect(order(makeReport(at('2026-11-23T10:00:00')), makeReport(at('')), makeReport(at('2026-11-23')))).toEqual([
      '2026-11-23',
      '2026-11-23T10:00:00',
      '',
    ]);
  });

  it('falls back on the name, so that two runs give the same table', () => {
    expect(order(makeReport({ file: 'b' }), makeReport({ file: 'B' }), makeReport({ file: 'a' }))).toEqual([
      'B',
      'a',
      'b',
    ]);
  });
});
