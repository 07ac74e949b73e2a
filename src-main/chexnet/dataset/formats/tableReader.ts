/** What a reader of one table form has to offer; `readLabelTable` chooses by the header and does what all need. */
import { AppError } from '#main/contract/errors';
import { findColumn, readNumber } from '../readCell';
import type { CsvRow, CsvTable } from '../readCsv';
import {
  labelError,
  nameSome,
  UNKNOWN,
  uncertainLabel,
  type JoinBy,
  type LabelRow,
  type LabelTable,
  type TableFormat,
  type UncertainPolicy,
  type WarningList,
} from '../labelTable';

export type ReadOptions = {
  /** The column that a plain table is joined by where it has several; by default the first of file, instance … */
  readonly joinBy?: JoinBy | undefined;
  /** Findings that a table with a column of names may name; NIH's 14 by default. */
  readonly vocabulary?: readonly string[] | undefined;
  readonly uncertain: UncertainPolicy;
  /** The text of MIMIC-CXR's `…-metadata.csv`: films of studies, with their views. */
  readonly metadata?: string | undefined;
};

export type TableReader = {
  readonly format: TableFormat;
  recognises(table: CsvTable): boolean;
  read(
    table: CsvTable,
    options: ReadOptions,
    warnings: WarningList,
  ): Pick<LabelTable, 'joinBy' | 'findings'> & { readonly rows: LabelRow[] };
};

/** 1, 0, -1 = uncertain, however programs write them; `blank`, or null where it is no label. */
function labelOf(cell: string, table: CsvTable): 1 | 0 | -1 | 'blank' | null {
  const word = cell.trim().toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true' ? 1 : 0;
  const value = readNumber(cell, table);
  if (value === null || word.endsWith('%')) return null;
  if (Number.isNaN(value)) return 'blank';
  return value === 1 || value === 0 || value === -1 ? value : null;
}

/** Holds labels and nothing else. */
export function isLabelColumn(table: CsvTable, index: number): boolean {
  const labels = table.rows.map(({ cells }) => labelOf(cells[index]!, table));
  return labels.every((label) => label !== null) && labels.some((label) => label !== 'blank');
}

/** Columns of 1, 0, -1 and blank → labels of each row. Throws `label/malformed` with all lines of other values. */
export function createLabelReader(
  table: CsvTable,
  columns: readonly { readonly name: string; readonly index: number }[],
  { uncertain, blank }: { readonly uncertain: UncertainPolicy; readonly blank: 0 | typeof UNKNOWN },
): { read(row: CsvRow): Pick<LabelRow, 'labels' | 'uncertain'>; finish(): void } {
  const wrong: number[] = [];
  const wrongNames = new Set<string>();
  function readLabel(
    { cells, line }: CsvRow,
    { name, index }: { readonly name: string; readonly index: number },
    noteUncertain: () => void,
  ): number {
    const label = labelOf(cells[index]!, table);
    if (label === 'blank') return blank;
    if (label === -1) {
      noteUncertain();
      return uncertainLabel(uncertain);
    }
    if (label !== null) return label === 1 ? 1 : 0;
    if (wrong.at(-1) !== line) wrong.push(line);
    wrongNames.add(name);
    return UNKNOWN;
  }
  return {
    read: (row) => {
      const doubtful: number[] = [];
      const labels = Int8Array.from(columns, (column, place) => readLabel(row, column, () => doubtful.push(place)));
      return { labels, uncertain: doubtful };
    },
    finish: () => {
      if (wrong.length === 0) return;
      const names = [...wrongNames].join(', ');
      throw labelError('label/malformed', `Labels are 1, 0, -1 or blank, and ${names} hold other things`, wrong);
    },
  };
}

/** Throws `label/malformed` where a row does not say what it is about. */
export function refuseKeyless(rows: readonly LabelRow[], what: string): void {
  const lines = rows.filter(({ key }) => key === '').map(({ line }) => line);
  if (lines.length > 0) throw labelError('label/malformed', `Rows have no ${what}`, lines);
}

/** What a table without the right columns has: `it has file, score and 3 more`. */
export function nameColumns({ header }: CsvTable): string {
  return `it has ${nameSome(header.filter((name) => name !== ''))}`;
}

/** Throws `label/malformed` where a form needs a column that is not there. */
export function requireColumn(table: CsvTable, name: string): number {
  const index = findColumn(table, name);
  if (index === undefined)
    throw new AppError('label/malformed', `The table has no column "${name}": ${nameColumns(table)}.`);
  return index;
}
