import { expect, test } from 'vitest';
import { readReaderTable } from '#main/chexnet/dataset/readReaderTable';
import { readLabelTable } from '#main/chexnet/dataset/readLabelTable';
import { NO_FACTS } from '#main/contract/film';
import type { ReviewedFilm } from '#main/database/reviewStore';
import { exportReviews } from '#main/workflows/exportReviews';

const FILMS: readonly ReviewedFilm[] = [
  {
    file: '/films/a,b.dcm',
    contentSha256: 'a'.repeat(64),
    facts: { ...NO_FACTS, patientId: '=1+1', patientSex: 'F', patientAgeYears: 54.7, view: 'PA', studyUid: '1.2' },
    answers: { Hernia: 'unsure', Effusion: 'present', Rib_Fracture: 'absent' },
    at: '2026-01-02T03:04:05.000Z',
  },
  {
    file: '/films/c.zip/d.png',
    contentSha256: 'b'.repeat(64),
    facts: NO_FACTS,
    answers: { Effusion: 'absent' },
    at: '2026-01-02T03:05:05.000Z',
  },
];

function databaseOf(...readers: string[]) {
  return {
    listReaders: () => Promise.resolve(readers.map((reader) => ({ reader, films: 2, answers: 4, lastAt: '' }))),
    listReviews: () => Promise.resolve(FILMS),
  };
}

test('answers are a table of labels that training reads, and no cell is a formula', async () => {
  const { csv, rows, readers } = await exportReviews(databaseOf('Ann'), {});
  expect({ rows, readers, lines: csv.split('\n') }).toEqual({
    rows: 2,
    readers: ['Ann'],
    lines: [
      'file,patient_id,sex,age,view,accession_number,study_uid,instance_uid,Effusion,Hernia,Rib_Fracture,' +
        'file_sha256,reader,reviewed_at,notice',
      `"/films/a,b.dcm",'=1+1,F,54,PA,,1.2,,1,-1,0,${'a'.repeat(64)},Ann,2026-01-02T03:04:05.000Z,` +
        'Research software. Not for diagnosis.',
      `/films/c.zip/d.png,,,,,,,,0,,,${'b'.repeat(64)},Ann,2026-01-02T03:05:05.000Z,` +
        'Research software. Not for diagnosis.',
      '',
    ],
  });
  const table = readLabelTable(csv);
  expect({
    joinBy: table.joinBy,
    findings: table.findings,
    rows: table.rows.map(({ key, sex, ageYears, view, labels }) => [key, sex, ageYears, view, ...labels]),
  }).toEqual({
    joinBy: 'file',
    findings: ['Effusion', 'Hernia', 'Rib_Fracture'],
    rows: [
      ['/films/a,b.dcm', 'F', 54, 'PA', 1, -1, 0],
      ['/films/c.zip/d.png', null, null, null, 0, -1, -1],
    ],
  });
});

test('whose answers it is must be clear', async () => {
  const messages = await Promise.all(
    [
      exportReviews(databaseOf(), {}),
      exportReviews(databaseOf('Ann', 'Bob'), {}),
      exportReviews(databaseOf('Ann', 'Bob'), { reader: 'Eve' }),
    ].map((attempt) =>
      attempt.then(
        () => '',
        (error: Error) => error.message,
      ),
    ),
  );
  expect(messages).toEqual([
    'No film has been reviewed yet.',
    'Several readers have answered: name one of Ann, Bob, or take all.',
    'Eve has answered nothing. Readers: Ann, Bob.',
  ]);
  expect((await exportReviews(databaseOf('Ann', 'Bob'), { reader: 'Bob' })).readers).toEqual(['Bob']);
});

test('everybody has a row for each film', async () => {
  const { csv, rows, readers } = await exportReviews(databaseOf('Ann', 'Bob'), { everybody: true });
  expect({ rows, readers }).toEqual({ rows: 4, readers: ['Ann', 'Bob'] });
  const tables = readReaderTable(csv, '');
  expect(tables.map(({ reader, table }) => [reader, table.rows.length])).toEqual([
    ['Ann', 2],
    ['Bob', 2],
  ]);
});
