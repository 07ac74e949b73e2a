/** `hilum reviews list|export`: what readers have said of films. */
import { writeFile } from 'node:fs/promises';
import { AppError } from '#main/contract/errors';
import { NOTICE } from '#main/contract/prediction';
import type { Reader } from '#main/database/reviewStore';
import { exportReviews as makeTable } from '#main/workflows/exportReviews';
import { checkOutput, NOTHING } from '../checkOutput';
import type { Composition } from '../composition';
import { EXIT, type ExitCode } from '../exitCodes';
import { plainText } from '../terminal';
import { textTable, type TextColumn } from '../textTable';

export type ListReadersOptions = { readonly json?: boolean };
export type ExportReviewsOptions = { readonly reader?: string; readonly all?: boolean };

const COLUMNS: readonly TextColumn<Reader>[] = [
  { heading: 'reader', cell: ({ reader }) => plainText(reader) },
  { heading: 'films', cell: ({ films }) => String(films), align: 'right' },
  { heading: 'answers', cell: ({ answers }) => String(answers), align: 'right' },
  { heading: 'last', cell: ({ lastAt }) => lastAt },
];

export async function listReaders(
  { terminal, openPlace }: Composition,
  { json }: ListReadersOptions,
): Promise<ExitCode> {
  const { database } = await openPlace();
  const readers = await database.listReaders({});
  if (json === true) terminal.print(`${JSON.stringify({ readers, notice: NOTICE })}\n`);
  else if (readers.length === 0) terminal.print('No film has been reviewed yet.\n');
  else terminal.print(textTable(COLUMNS, readers));
  return readers.length === 0 ? EXIT.nothingToDo : EXIT.done;
}

export async function exportReviews(
  { terminal, openPlace }: Composition,
  file: string,
  { reader, all }: ExportReviewsOptions,
): Promise<ExitCode> {
  if (reader !== undefined && all === true) {
    throw new AppError('usage/invalid', 'Give either --reader or --all.');
  }
  const toFile = file !== '-';
  if (toFile) await checkOutput({ option: 'The table', file, inputs: [], replaces: NOTHING });
  const { database } = await openPlace();
  const { csv, rows, readers } = await makeTable(database, { reader, everybody: all });
  if (!toFile) {
    terminal.print(csv);
    return EXIT.done;
  }
  // Patients are nobody else's business.
  await writeFile(file, csv, { mode: 0o600 }).catch((cause: unknown) => {
    throw new AppError('file/unwritable', `${file} can not be written.`, {}, cause);
  });
  const whose = readers.map(plainText).join(', ');
  terminal.say(`${rows} ${rows === 1 ? 'film' : 'films'}, answers of ${whose}: ${plainText(file)}\n`);
  return EXIT.done;
}
