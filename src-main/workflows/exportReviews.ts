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

type Column = {
  readonly name: string;
  readonly cell: (film: ReviewedFilm & { readonly reader: string }) => string | number;
};

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

/** `reader`: whose answers, needed where several have answered; `everybody`: a row a film and reader. */
export type ReviewsWanted = { readonly reader?: string | undefined; readonly everybody?: boolean | undefined };

/** The table as CSV, how many rows it has, and whose they are. */
export async function exportReviews(
  database: Pick<DatabaseClient, 'listReaders' | 'listReviews'>,
  wanted: ReviewsWanted,
): Promise<{ readonly csv: string; readonly rows: number; readonly readers: readonly string[] }> {
  const readers = await chooseReaders(database, wanted);
  const films: (ReviewedFilm & { readonly reader: string })[] = [];
  for (const reader of readers) {
    films.push(...(await database.listReviews({ reader })).map((film) => ({ ...film, reader })));
  }
  const trailing: readonly Column[] = [
    { name: 'file_sha256', cell: ({ contentSha256 }) => contentSha256 },
    { name: 'reader', cell: ({ reader }) => reader },
    { name: 'reviewed_at', cell: ({ at }) => at },
    { name: 'notice', cell: () => NOTICE },
  ];
  const columns = [...LEADING, ...findingColumns(films), ...trailing];
  const lines = films.map((film) => columns.map(({ cell }) => csvCell(cell(film))).join(','));
  return { csv: [columns.map(({ name }) => name).join(','), ...lines, ''].join('\n'), rows: films.length, readers };
}

/** Throws `usage/invalid` where nobody has answered, not this one, or several and none is named. */
async function chooseReaders(
  database: Pick<DatabaseClient, 'listReaders'>,
  { reader: wanted, everybody }: ReviewsWanted,
): Promise<readonly string[]> {
  const readers = (await database.listReaders({})).map(({ reader }) => reader);
  const [first] = readers;
  if (first === undefined) throw new AppError('usage/invalid', 'No film has been reviewed yet.');
  if (everybody === true || (wanted === undefined && readers.length === 1)) return readers;
  if (wanted === undefined) {
    const names = readers.join(', ');
    throw new AppError('usage/invalid', `Several readers have answered: name one of ${names}, or take all.`);
  }
  if (readers.includes(wanted)) return [wanted];
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
