/**
 * What a reader has said, as a table of labels: 1 present, 0 absent, -1 unsure, blank not answered. Training and
 * evaluation read it like any other table of one's own.
 */
import { NIH_FINDINGS } from '#main/contract/findings';
import { AppError } from '#main/contract/errors';
import { NOTICE } from '#main/contract/prediction';
import type { ReviewAnswer } from '#main/contract/review';
import type { DatabaseClient } from '#main/database/openDatabaseClient';
import type { ReviewedFilm } from '#main/database/reviewStore';
import { csvCell } from './triageTable';

type Column = { readonly name: string; readonly cell: (film: ReviewedFilm) => string | number };

const LEADING: readonly Column[] = [
  { name: 'file', cell: ({ file }) => file },
  { name: 'patient_id', cell: ({ facts }) => facts.patientId },
  { name: 'sex', cell: ({ facts }) => facts.patientSex },
  { name: 'age', cell: ({ facts }) => (facts.patientAgeYears === null ? '' : Math.floor(facts.patientAgeYears)) },
  { name: 'view', cell: ({ facts }) => facts.view },
  { name: 'accession_number', cell: ({ facts }) => facts.accessionNumber },
  { name: 'study_uid', cell: ({ facts }) => facts.studyUid },
  { name: 'instance_uid', cell: ({ facts }) => facts.instanceUid },
];

const LABELS: Readonly<Record<ReviewAnswer, number>> = { present: 1, absent: 0, unsure: -1 };

/** The table as CSV, and how many films it holds; `reader`: whose answers, needed where several have answered. */
export async function exportReviews(
  database: Pick<DatabaseClient, 'listReaders' | 'listReviews'>,
  wanted: string | undefined,
): Promise<{ readonly csv: string; readonly films: number; readonly reader: string }> {
  const reader = await chooseReader(database, wanted);
  const films = await database.listReviews({ reader });
  const trailing: readonly Column[] = [
    { name: 'file_sha256', cell: ({ contentSha256 }) => contentSha256 },
    { name: 'reader', cell: () => reader },
    { name: 'reviewed_at', cell: ({ at }) => at },
    { name: 'notice', cell: () => NOTICE },
  ];
  const columns = [...LEADING, ...findingColumns(films), ...trailing];
  const lines = films.map((film) => columns.map(({ cell }) => csvCell(cell(film))).join(','));
  return { csv: [columns.map(({ name }) => name).join(','), ...lines, ''].join('\n'), films: films.length, reader };
}

/** Throws `usage/invalid` where nobody has answered, not this one, or several and none is named. */
async function chooseReader(
  database: Pick<DatabaseClient, 'listReaders'>,
  wanted: string | undefined,
): Promise<string> {
  const readers = (await database.listReaders({})).map(({ reader }) => reader);
  const [first] = readers;
  if (first === undefined) throw new AppError('usage/invalid', 'No film has been reviewed yet.');
  if (wanted === undefined && readers.length === 1) return first;
  if (wanted === undefined) {
    throw new AppError('usage/invalid', `Several readers have answered: name one of ${readers.join(', ')}.`);
  }
  if (readers.includes(wanted)) return wanted;
  throw new AppError('usage/invalid', `${wanted} has answered nothing. Readers: ${readers.join(', ')}.`);
}

/** NIH's findings in their order, then whatever else was answered. */
function findingColumns(films: readonly ReviewedFilm[]): Column[] {
  const answered = new Set(films.flatMap(({ answers }) => Object.keys(answers)));
  const known = NIH_FINDINGS.filter((finding) => answered.delete(finding));
  return [...known, ...[...answered].sort()].map((finding) => ({
    name: finding,
    cell: ({ answers }) => {
      const answer = answers[finding];
      return answer === undefined ? '' : LABELS[answer];
    },
  }));
}
