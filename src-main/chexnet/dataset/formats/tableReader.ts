/** What a reader of one table form has to offer; `readLabelTable` chooses by the header and does what all need. */
import { AppError } from '#main/contract/errors';
import type { CsvRow, CsvTable } from '../readCsv';
import {
  labelError,
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

const LABELS: ReadonlyMap<string, number | 'uncertain'> = new Map<string, number | 'uncertain'>([
  ['1', 1],
  ['1.0', 1],
  ['0', 0],
  ['0.0', 0],
  ['-1', 'uncertain'],
  ['-1.0', 'uncertain'],
]);

export function isLabelCell(cell: string): boolean {
  const text = cell.trim();
  return text === '' || LABELS.has(text);
}

/** Columns of 1, 0, -1 and blank → labels of each row. Throws `label/malformed` with all lines of other values. */
export function createLabelReader(
  columns: readonly { readonly name: string; readonly index: number }[],
  { uncertain, blank }: { readonly uncertain: UncertainPolicy; readonly blank: 0 | typeof UNKNOWN },
): { read(row: CsvRow): Int8Array; finish(): void } {
  const wrong: number[] = [];
  const wrongNames = new Set<string>();
  function readLabel({ cells, line }: CsvRow, { name, index }: { name: string; index: number }): number {
    const text = cells[index]!.trim();
    if (text === '') return blank;
    const label = LABELS.get(text);
    if (label === 'uncertain') return uncertainLabel(uncertain);
    if (label !== undefined) return label;
    if (wrong.at(-1) !== line) wrong.push(line);
    wrongNames.add(name);
    return UNKNOWN;
  }
  return {
    read: (row) => Int8Array.from(columns, (column) => readLabel(row, column)),
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

/** Throws `label/malformed` where a form needs a column that is not there. */
export function requireColumn(table: CsvTable, name: string): number {
  const index = table.columns.get(name);
  if (index === undefined) throw new AppError('label/malformed', `The table has no column "${name}".`);
  return index;
}
