import { describe, expect, it } from 'vitest';
import { alignFindings } from '#main/chexnet/dataset/alignFindings';
import { createRowFinder, joinLabels, type FilmNames } from '#main/chexnet/dataset/joinLabels';
import type { JoinBy } from '#main/chexnet/dataset/labelTable';
import { readLabelTable } from '#main/chexnet/dataset/readLabelTable';
import { labelFixture, problemOf } from '#test/helpers/labelFixture';

function film(names: Partial<FilmNames>): FilmNames {
  return { file: 'x.dcm', instanceUid: '', studyUid: '', accessionNumber: '', ...names };
}

function tableOf(joinBy: JoinBy, ...keys: string[]) {
  return { joinBy, rows: keys.map((key, index) => ({ key, line: index + 2 })) };
}

describe('joinLabels', () => {
  it('joins files by name, whatever they were saved as and wherever they lie', () => {
    const table = tableOf('file', '00000001_000.png', '00000002_000.png');
    const films = ['C:\\films\\00000002_000.dcm', '/data/nih/00000003_000.png'].map((file) => film({ file }));
    expect(joinLabels(table, films)).toEqual({
      rows: [{ key: '00000002_000.png', line: 3 }, null],
      filmsWithoutRow: [1],
      linesWithoutFilm: [2],
    });
  });

  it('joins by as many folders as it takes to tell rows apart', () => {
    const find = createRowFinder(readLabelTable(labelFixture('chexpert.csv')).rows, 'file');
    expect(find('/mnt/chexpert/patient00002/study1/view1_frontal.jpg')?.line).toBe(3);
    expect(find('/mnt/chexpert/patient00009/study1/view1_frontal.jpg')).toBeNull();
  });

  it('asks the films as well, where few rows are told apart by less than films are', () => {
    const table = tableOf('file', 'CheXpert/valid/patient2/study1/view1_frontal.jpg');
    const films = ['patient1', 'patient2', 'patient3'].map((name) =>
      film({ file: `/d/${name}/study1/view1_frontal.jpg` }),
    );
    expect(joinLabels(table, films).rows.map((row) => row?.line ?? null)).toEqual([null, 2, null]);
  });

  it('passes over capitals, accents of their own, and ways to write a path', () => {
    const find = createRowFinder(tableOf('file', '.\\films\\Mu\u0308ller_1.DCM', 'films/b.PNG').rows, 'file');
    expect([find('/d/müller_1.dcm')?.line, find('D:\\x\\B.png')?.line]).toEqual([2, 3]);
    const both = createRowFinder(tableOf('file', 'a.png', 'A.png').rows, 'file');
    expect([both('a.png')?.line, both('A.png')?.line]).toEqual([2, 3]);
  });

  it('tells files of one name apart by their endings where the table has both', () => {
    const find = createRowFinder(tableOf('file', 'a.png', 'a.dcm').rows, 'file');
    expect([find('/x/a.dcm')?.line, find('/x/a.jpg')]).toEqual([3, null]);
  });

  it('finds the films of a study by their folder', () => {
    const table = readLabelTable(labelFixture('mimic-chexpert.csv'));
    const file = '/mimic/files/p10/p10000001/s50000002/aaaaaaaa-00000003.jpg';
    expect(joinLabels(table, [film({ file })]).rows.map((row) => row?.line)).toEqual([3]);
  });

  it.each([
    ['instance', film({ instanceUid: '1.2.7' })],
    ['study', film({ studyUid: '1.2.7' })],
    ['accession', film({ accessionNumber: '1.2.7' })],
  ] as const)('joins by %s, and never by a blank one', (joinBy, named) => {
    const { rows } = joinLabels(tableOf(joinBy, '1.2.6', '1.2.7'), [named, film({})]);
    expect(rows.map((row) => row?.line ?? null)).toEqual([3, null]);
  });

  it('lets all films of a study have its row, and refuses it to two files of one name', () => {
    const study = film({ studyUid: '1.2' });
    expect(joinLabels(tableOf('study', '1.2'), [study, study]).rows).toHaveLength(2);
    const twice = [film({ file: 'one/a.png' }), film({ file: 'two/a.png' })];
    expect(problemOf(() => joinLabels(tableOf('file', 'a.png'), twice))).toEqual({
      code: 'label/conflict',
      message: 'one/a.png and two/a.png are two films for the row in line 2.',
    });
  });

  it('says what it compared where nothing fits', () => {
    expect(problemOf(() => joinLabels(tableOf('file', 'a.png'), [film({ file: 'films/b.png' })]))).toEqual({
      code: 'label/no-match',
      message:
        'No film has a row in the table, joined by file: the table says "a.png" (line 2), a film has "films/b.png".',
    });
  });
});

describe('alignFindings', () => {
  const table = readLabelTable('file,Mass,Nodule\na.png,1,0\n');

  it('brings labels into the order of a model, unknown where the table is silent', () => {
    const aligned = alignFindings(table, ['Nodule', 'Edema', 'Mass']);
    expect([aligned.findings, [...aligned.rows[0]!.labels]]).toEqual([
      ['Nodule', 'Edema', 'Mass'],
      [0, -1, 1],
    ]);
    expect(aligned.warnings.map(({ message }) => message)).toEqual([
      'Findings are not in the table: they are unknown for all films: Edema.',
    ]);
  });

  it('refuses a table of other findings altogether', () => {
    expect(problemOf(() => alignFindings(table, ['Hernia'])).code).toBe('label/unknown-finding');
  });
});
