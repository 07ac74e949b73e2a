import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { NIH_FINDINGS } from '#main/contract/findings';
import type { LabelRow, LabelTable } from '#main/chexnet/dataset/labelTable';
import { readLabelTable } from '#main/chexnet/dataset/readLabelTable';
import { ROOT } from '../../../../scripts/bundle.mjs';
import { labelFixture, problemOf } from '#test/helpers/labelFixture';

/** What is found and what is unknown, by name. */
function said(table: LabelTable, { labels }: LabelRow): { positive: string[]; unknown: string[] } {
  return {
    positive: table.findings.filter((_finding, index) => labels[index] === 1),
    unknown: table.findings.filter((_finding, index) => labels[index] === -1),
  };
}

function plain(rows: string): LabelTable {
  return readLabelTable(`file,patient_id,sex,age,view,Mass,Pleural Effusion\n${rows}`);
}

describe('readLabelTable with NIH ChestX-ray14', () => {
  it('reads the table of 2020', () => {
    const table = readLabelTable(labelFixture('nih-2020.csv'));
    expect(table.rows.map((row) => [row.line, row.key, row.patientId, row.sex, row.ageYears, row.view])).toEqual([
      [2, '00000001_000.png', '1', 'M', 57, 'PA'],
      [3, '00000001_001.png', '1', 'M', 58, 'PA'],
      [4, '00000002_000.png', '2', 'M', 80, 'PA'],
      [5, '00000075_000.png', '75', 'F', 61, 'PA'],
      [6, '00000100_000.png', '100', 'M', 60, 'PA'],
      [7, '00000211_000.png', '211', 'F', 55, 'PA'],
    ]);
    expect(table.rows.map((row) => said(table, row).positive)).toEqual([
      ['Cardiomegaly'],
      ['Cardiomegaly', 'Emphysema'],
      [],
      ['Cardiomegaly'],
      ['Atelectasis', 'Effusion', 'Infiltration'],
      ['Cardiomegaly'],
    ]);
    expect([table.format, table.joinBy, table.findings.length, table.warnings]).toEqual(['nih', 'file', 14, []]);
  });

  it('reads the table of 2017, and takes ages of 412 years for unknown', () => {
    const table = readLabelTable(labelFixture('nih-2017.csv'));
    expect(table.rows.map(({ ageYears }) => ageYears)).toEqual([58, 58, null, null, 0.75, null]);
    expect(table.warnings).toEqual([
      {
        code: 'age-impossible',
        message: 'Ages are above 120 years or below 0: they are taken for unknown (in lines 4, 5 and 7).',
        lines: [4, 5, 7],
      },
    ]);
    expect(said(table, table.rows[5]!).positive).toEqual(['Mass', 'Pleural_Thickening']);
  });

  it('refuses findings that nobody knows, with all lines', () => {
    expect(readLabelTable('image_index;Finding_Labels\na.png;Mass, Pleural Thickening\n').rows[0]!.labels).toEqual(
      Int8Array.from(NIH_FINDINGS, (finding) => (finding === 'Mass' || finding === 'Pleural_Thickening' ? 1 : 0)),
    );
    const text = 'Image Index,Finding Labels\na.png,Efusion\nb.png,Mass\nc.png,Mass|Efusion\nd.png,\n';
    expect(problemOf(() => readLabelTable(text))).toEqual({
      code: 'label/unknown-finding',
      message: 'These are none of the findings: Efusion, (blank) (in lines 2, 4 and 5).',
    });
  });

  it('reads findings of a model of one’s own', () => {
    const text = 'Image Index,Finding Labels\na.png,Tuberculosis\n';
    const table = readLabelTable(text, { vocabulary: ['Mass', 'Tuberculosis'] });
    expect([table.findings, [...table.rows[0]!.labels]]).toEqual([
      ['Mass', 'Tuberculosis'],
      [0, 1],
    ]);
  });

  it('refuses rows that name a finding and none', () => {
    const text = 'Image Index,Finding Labels\na.png,No Finding|Mass\n';
    expect(problemOf(() => readLabelTable(text)).code).toBe('label/conflict');
  });

  const whole = join(ROOT, '../shared/data/nih-chestxray14/Data_Entry_2017_v2020.csv.gz');
  it.skipIf(!existsSync(whole))('counts the whole table as NIH publishes it', () => {
    const table = readLabelTable(gunzipSync(readFileSync(whole)).toString());
    const positives = table.findings.map((finding, index) => [
      finding,
      table.rows.reduce((sum, { labels }) => sum + labels[index]!, 0),
    ]);
    expect(Object.fromEntries(positives)).toMatchObject({ Infiltration: 19894, Effusion: 13317, Hernia: 227 });
    expect([table.rows.length, new Set(table.rows.map(({ patientId }) => patientId)).size]).toEqual([112_120, 30_805]);
    expect(table.warnings).toEqual([]);
  });
});

describe('readLabelTable with CheXpert', () => {
  const text = labelFixture('chexpert.csv');

  it('takes the patient from the path, uncertain labels for unknown, blank for absent', () => {
    const table = readLabelTable(text);
    expect(table.findings).toEqual([
      ...['Enlarged_Cardiomediastinum', 'Cardiomegaly', 'Lung_Opacity', 'Lung_Lesion', 'Edema', 'Consolidation'],
      ...['Pneumonia', 'Atelectasis', 'Pneumothorax', 'Effusion', 'Pleural_Other', 'Fracture', 'Support_Devices'],
    ]);
    expect(table.rows.map(({ patientId, sex, ageYears, view }) => [patientId, sex, ageYears, view])).toEqual([
      ['patient00001', 'F', 68, 'AP'],
      ['patient00002', 'M', 87, 'AP'],
      ['patient00002', 'M', 87, 'LATERAL'],
      ['patient00003', null, 0, 'PA'],
    ]);
    expect(table.rows.slice(0, 2).map((row) => said(table, row))).toEqual([
      { positive: ['Support_Devices'], unknown: [] },
      {
        positive: ['Lung_Opacity', 'Fracture'],
        unknown: ['Cardiomegaly', 'Edema', 'Consolidation', 'Atelectasis', 'Effusion'],
      },
    ]);
  });

  it.each([
    ['positive', 7],
    ['negative', 2],
  ] as const)('takes uncertain labels for %s where that is the policy', (uncertain, count) => {
    const table = readLabelTable(text, { uncertain });
    expect(table.rows[1]!.uncertain.map((place) => table.findings[place])).toEqual([
      ...['Cardiomegaly', 'Edema', 'Consolidation', 'Atelectasis', 'Effusion'],
    ]);
    expect(said(table, table.rows[1]!).positive).toHaveLength(count);
    expect(said(table, table.rows[1]!).unknown).toEqual([]);
  });
});

describe('readLabelTable with MIMIC-CXR', () => {
  it('has a row a study, found by its folder, without the second table', () => {
    const table = readLabelTable(labelFixture('mimic-chexpert.csv'));
    expect([table.format, table.joinBy]).toEqual(['mimic-cxr', 'folder']);
    expect(table.rows.map((row) => [row.key, row.patientId, said(table, row)])).toEqual([
      ['p10000001/s50000001', '10000001', { positive: [], unknown: [] }],
      ['p10000001/s50000002', '10000001', { positive: ['Atelectasis', 'Effusion'], unknown: ['Cardiomegaly'] }],
      ['p10000002/s50000003', '10000002', { positive: ['Pneumothorax', 'Support_Devices'], unknown: ['Pneumonia'] }],
    ]);
  });

  it('has a row a film with its view, with the second table', () => {
    const table = readLabelTable(labelFixture('mimic-chexpert.csv'), { metadata: labelFixture('mimic-metadata.csv') });
    expect(table.rows.map(({ line, key, view }) => [line, key.slice(-1), view])).toEqual([
      [2, '1', 'PA'],
      [2, '2', 'LATERAL'],
      [3, '3', 'AP'],
    ]);
    expect(table.warnings.map(({ code, lines }) => [code, lines])).toEqual([['metadata-missing', [4]]]);
  });
});

describe('readLabelTable with PadChest', () => {
  it('reads English and Spanish terms, reports over two lines, and what is not to be used', () => {
    const table = readLabelTable(labelFixture('padchest.csv'));
    expect(table.rows.map((row) => [row.line, row.sex, row.ageYears, row.view, said(table, row).positive])).toEqual([
      [2, 'F', 84, 'PA', ['Effusion']],
      [4, 'F', 84, 'LATERAL', ['Effusion']],
      [6, 'M', 44, 'AP_HORIZONTAL', []],
      [7, 'M', 65, 'PA', []],
      [8, 'F', 71, 'PA', ['Effusion', 'Pneumonia', 'Pneumothorax']],
    ]);
    expect(said(table, table.rows[3]!).unknown).toHaveLength(14);
    expect(table.warnings.map(({ code, message }) => [code, message])).toEqual([
      ['row-excluded', 'Rows say themselves that they are not to be used: their labels are unknown (in line 7).'],
      ['term-unmapped', 'Terms stand for none of our findings: costophrenic angle blunting (2), copd signs (2).'],
    ]);
  });
});

describe('readLabelTable with a table of one’s own', () => {
  it('reads 1, 0, -1 and blank', () => {
    const table = plain('a.png,P1,M,61,pa,1,0\nb.png,P2,female,,LL,-1,\n');
    expect(table.findings).toEqual(['Mass', 'Effusion']);
    expect(table.rows).toEqual([
      {
        line: 2,
        key: 'a.png',
        patientId: 'P1',
        sex: 'M',
        ageYears: 61,
        view: 'PA',
        labels: Int8Array.of(1, 0),
        uncertain: [],
      },
      {
        ...{ line: 3, key: 'b.png', patientId: 'P2', sex: 'F', ageYears: null, view: 'LATERAL' },
        labels: Int8Array.of(-1, -1),
        uncertain: [0],
      },
    ]);
  });

  it.each([
    ['semicolons and commas for points', 'file;Mass;Nodule\na.png;1,0;0,0\nb.png;-1,0;\n'],
    ['reports over several lines', 'file,report,Mass,Nodule\na.png,"1\n0 %",1,0\nb.png,,-1,\n'],
    ['the words of pandas', 'file,Mass,Nodule\na.png,True,False\nb.png,-1.0,nan\n'],
    ['other capitals and separators', 'File_Name\tMASS\tnodule\na.png\t1\t0\nb.png\t-1\t\n'],
    ['blank cells for a column of films', 'file,SOPInstanceUID,Mass,Nodule\n,a.png,1,0\n,b.png\0,-1,\n'],
  ])('reads %s', (_what, text) => {
    const { findings, rows } = readLabelTable(text);
    expect([findings, rows.map(({ key, labels }) => [key, ...labels])]).toEqual([
      ['Mass', 'Nodule'],
      [
        ['a.png', 1, 0],
        ['b.png', -1, -1],
      ],
    ]);
  });

  it('takes two ways to write one path for one film', () => {
    expect(readLabelTable('file,Mass\nfilms/a.png,1\n./films\\a.png,1\n').warnings.map(({ lines }) => lines)).toEqual([
      [3],
    ]);
    expect(problemOf(() => readLabelTable('file,Mass\nfilms/a.png,1\n./films\\a.png,0\n')).code).toBe('label/conflict');
  });

  it('takes columns of labels for findings, and names those that are not', () => {
    const table = readLabelTable('file,Tuberculosis,comment\na.png,1,old scar\n');
    expect([table.findings, table.warnings.map(({ message }) => message)]).toEqual([
      ['Tuberculosis'],
      ['Columns hold other things than labels: comment.'],
    ]);
  });

  it.each([
    ['instance', 'instance_uid', '1.2.3'],
    ['study', 'StudyInstanceUID', '1.2.4'],
    ['accession', 'accession_number', 'A7'],
  ] as const)('is joined by %s where it has no file', (joinBy, column, key) => {
    const table = readLabelTable(`${column},Mass\n${key},1\n`);
    expect([table.joinBy, table.rows[0]?.key]).toEqual([joinBy, key]);
  });

  it('is joined by the column that is asked for', () => {
    const text = 'file,accession_number,Mass\na.png,A7,1\n';
    expect(readLabelTable(text, { joinBy: 'accession' }).rows[0]?.key).toBe('A7');
    expect(problemOf(() => readLabelTable(text, { joinBy: 'study' })).code).toBe('label/unknown-format');
  });

  it('warns of a film that stands in it twice alike, and refuses two rows that differ', () => {
    const twice = plain('a.png,P1,M,61,PA,1,0\na.png,P1,M,61,PA,1,0\n');
    expect([twice.rows.length, twice.warnings.map(({ code, lines }) => [code, lines])]).toEqual([
      1,
      [['duplicate-row', [3]]],
    ]);
    expect(problemOf(() => plain('a.png,P1,M,61,PA,1,0\nb.png,,,,,1,0\na.png,P1,M,61,PA,0,0\n'))).toEqual({
      code: 'label/conflict',
      message: 'Films have two rows that differ (in lines 2 and 4).',
    });
  });

  it('warns of patients with two sexes, of missing patients and of what is no age or sex', () => {
    const table = plain('a.png,P1,M,61,PA,1,0\nb.png,P1,F,old,PA,1,0\nc.png,,x,130,PA,1,0\n');
    expect(table.warnings.map(({ code, lines }) => [code, lines])).toEqual([
      ['age-unreadable', [3]],
      ['patient-missing', [4]],
      ['sex-unreadable', [4]],
      ['age-impossible', [4]],
      ['patient-sexes', [3]],
    ]);
  });

  it('takes patients from file names where all are named as NIH does, and says so', () => {
    const nih = readLabelTable('file,Mass\nimages/00000831_001.png,1\n00000831_002.png,0\n');
    expect([nih.rows.map(({ patientId }) => patientId), nih.warnings.map(({ code }) => code)]).toEqual([
      ['831', '831'],
      ['patient-from-name'],
    ]);
    const other = readLabelTable('file,Mass\n00000831_001.png,1\nscan.png,0\n');
    expect(other.rows.map(({ patientId }) => patientId)).toEqual([null, null]);
  });

  it.each([
    ['another value than a label', 'file,Mass\na.png,0.73\nb.png,1\nc.png,yes\n', 'label/malformed', /lines 2 and 4/],
    ['a row without a film', 'file,Mass\n,1\n', 'label/malformed', /line 2/],
    ['a header alone', 'file,Mass\n', 'label/malformed', /no rows/],
    ['no column of a film', 'name,Mass\na.png,1\n', 'label/unknown-format', /column "file"/],
  ])('refuses %s', (_what, text, code, message) => {
    const problem = problemOf(() => readLabelTable(text));
    expect([problem.code, problem.message]).toEqual([code, expect.stringMatching(message)]);
  });
});
