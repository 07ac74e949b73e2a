/**
 * What several readers say of films: any table of labels, with a column `reader` that says whose row it is (one row a
 * film and reader). A table without that column is one reader's.
 */
import { labelError, type LabelRow, type LabelTable } from './labelTable';
import { createCellReader, hasColumn } from './readCell';
import { readCsv, type CsvRow } from './readCsv';
import { labelTableOf } from './readLabelTable';
import type { ReadOptions } from './formats/tableReader';

export type ReaderTable = { readonly reader: string; readonly table: LabelTable };

/**
 * In the order in which the readers first come; unsure (-1) and blank answers are unknown. `name` is the reader's of a
 * table without names. Throws as `readLabelTable` does, with the lines of the whole table.
 */
export function readReaderTable(text: string, name: string, options: Partial<ReadOptions> = {}): ReaderTable[] {
  const csv = readCsv(text);
  if (!hasColumn(csv, 'reader')) return [{ reader: name, table: labelTableOf(csv, options) }];
  const readerOf = createCellReader(csv, 'reader');
  const byReader = new Map<string, CsvRow[]>();
  for (const row of csv.rows) {
    const reader = readerOf(row).trim();
    const known = byReader.get(reader);
    if (known === undefined) byReader.set(reader, [row]);
    else known.push(row);
  }
  const nameless = byReader.get('');
  if (nameless !== undefined) {
    const lines = nameless.map(({ line }) => line);
    throw labelError('label/malformed', 'Rows do not say whose answers they are', lines);
  }
  return [...byReader].map(([reader, rows]) => {
    const lines = new Set(rows.map(({ line }) => line));
    const shortLines = csv.shortLines.filter((line) => lines.has(line));
    return { reader, table: labelTableOf({ ...csv, rows, shortLines }, options) };
  });
}

/** Where nobody else says what is on the films: what most of the readers say, unknown where they are split. */
export function readersMajority(readers: readonly ReaderTable[]): Omit<LabelTable, 'warnings'> {
  const findings = [...new Set(readers.flatMap(({ table }) => table.findings))];
  const byKey = new Map<string, { readonly row: LabelRow; readonly votes: Int32Array }>();
  for (const { table } of readers) {
    for (const row of table.rows) {
      const film = byKey.get(row.key) ?? { row, votes: new Int32Array(findings.length) };
      byKey.set(row.key, film);
      row.labels.forEach((label, index) => {
        if (label >= 0) film.votes[findings.indexOf(table.findings[index]!)]! += label === 1 ? 1 : -1;
      });
    }
  }
  const rows = [...byKey.values()].map(({ row, votes }) => ({
    ...row,
    uncertain: [],
    labels: Int8Array.from(votes, (vote) => (vote === 0 ? -1 : vote > 0 ? 1 : 0)),
  }));
  return { format: 'plain', joinBy: readers[0]!.table.joinBy, findings, rows };
}
