/** What readers say of films, from tables of theirs or from the reviews of an installation. */
import { basename } from 'node:path';
import { AppError } from '#main/contract/errors';
import { alignFindings } from '#main/chexnet/dataset/alignFindings';
import { createRowFinder } from '#main/chexnet/dataset/joinLabels';
import { createWarningList, tableWarning, UNKNOWN, type LabelTable } from '#main/chexnet/dataset/labelTable';
import { readersMajority, readReaderTable, type ReaderTable } from '#main/chexnet/dataset/readReaderTable';
import type { ScoredFilms } from '#main/chexnet/evaluation/scoredFilms';
import type { ReaderAnswers } from '#main/chexnet/evaluation/studyReaders';
import type { DatabaseClient } from '#main/database/openDatabaseClient';
import { exportReviews } from '../exportReviews';
import { inFile, readLabelFile, readTableFile } from './readTableFile';

/** Tables as text: each may hold one reader's answers, or those of several. */
export type ReaderSource = {
  readonly name: string;
  readonly tables: readonly { readonly reader: string; readonly text: string }[];
};

/** A file without a column `reader` is the answers of one, who is called like the file. Throws `file/…`. */
export async function readReaderFiles(files: readonly string[]): Promise<ReaderSource> {
  const tables: { reader: string; text: string }[] = [];
  for (const file of files) {
    tables.push({ reader: basename(file).replace(/(?:\.csv)?(?:\.gz)?$/i, ''), text: await readTableFile(file) });
  }
  return { name: files.join(', '), tables };
}

/** The latest answers of everybody. Throws `usage/invalid` where nobody has answered yet. */
export async function readReviews(
  database: Pick<DatabaseClient, 'listReaders' | 'listReviews'>,
): Promise<ReaderSource> {
  const { csv } = await exportReviews(database, { everybody: true });
  return { name: 'the reviews of this installation', tables: [{ reader: '', text: csv }] };
}

/** The labels of a file; of the readers, where none is given: what most of them say. Throws `file/…`, `label/…`. */
export async function readLabels(file: string | null, readers: ReaderSource | null): Promise<LabelTable> {
  if (file !== null) return readLabelFile(file);
  if (readers === null) throw new AppError('usage/invalid', 'Give labels, or the answers of readers.');
  const warnings = createWarningList();
  warnings.add(tableWarning('readers-majority', []));
  return { ...readersMajority(readTables(readers)), warnings: warnings.list() };
}

/** As a report names them. */
export function nameLabels(file: string | null): string {
  return file ?? 'the majority of the readers';
}

function readTables(
  { name, tables }: ReaderSource,
  options: Parameters<typeof readReaderTable>[2] = {},
): ReaderTable[] {
  const readers = tables.flatMap(({ reader, text }) => {
    return inFile(reader || name, () => readReaderTable(text, reader, options));
  });
  const names = readers.map(({ reader }) => reader);
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (twice !== undefined) throw new AppError('label/conflict', `Two tables hold the answers of ${twice}.`);
  return readers;
}

/**
 * Films are named as `labels` names them. Throws `usage/invalid` where there is one reader alone, `label/…`, and
 * `label/no-match` where no reader has answered about any of the films.
 */
export function joinReaders(source: ReaderSource, { films, findings }: ScoredFilms, labels: LabelTable): ReaderAnswers {
  const { joinBy } = labels;
  const tables = readTables(source, { joinBy, vocabulary: labels.findings });
  if (tables.length < 2) {
    const names = tables.map(({ reader }) => reader).join(', ');
    throw new AppError('usage/invalid', `A reader study wants two readers at least, and there is one: ${names}.`);
  }
  let [matched, unmatched] = [0, 0];
  const answers = tables.map(({ table }) => {
    const { rows } = alignFindings(table, findings);
    const find = createRowFinder(rows, joinBy);
    const found = films.map(({ key }) => find(key));
    const used = new Set(found.filter((row) => row !== null)).size;
    matched += used;
    unmatched += rows.length - used;
    return findings.map((_, index) => Int8Array.from(found, (row) => row?.labels[index] ?? UNKNOWN));
  });
  if (matched === 0) {
    throw new AppError('label/no-match', `The readers have answered about none of the films, joined by ${joinBy}.`);
  }
  return { source: source.name, readers: tables.map(({ reader }) => reader), answers, unmatched };
}
