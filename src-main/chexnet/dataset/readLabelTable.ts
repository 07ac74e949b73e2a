/**
 * Any label table that we know → one form. The format is told by its header; films that stand in it twice, and
 * patients of two sexes, are looked for in all of them alike. Serves training and evaluation.
 */
import { AppError } from '#main/contract/errors';
import { chexpertTable } from './formats/chexpertTable';
import { mimicTable } from './formats/mimicTable';
import { nihTable } from './formats/nihTable';
import { padchestTable } from './formats/padchestTable';
import { plainTable } from './formats/plainTable';
import type { ReadOptions, TableReader } from './formats/tableReader';
import {
  createWarningList,
  labelError,
  tableWarning,
  type JoinBy,
  type LabelRow,
  type LabelTable,
  type WarningList,
} from './labelTable';
import { plainPath } from './joinLabels';
import { readCsv, type CsvTable } from './readCsv';
import { findTwoSexes } from './twoSexes';

/** The first that recognises the header reads the table: the most particular come first. */
const READERS: readonly TableReader[] = [nihTable, padchestTable, chexpertTable, mimicTable, plainTable];

/**
 * `text` is the whole table, unpacked. By default uncertain labels (-1) are unknown and left out. Throws
 * `label/malformed`, `label/unknown-format`, `label/unknown-finding`, `label/conflict` (a film with two different rows)
 * and `label/no-match` (MIMIC-CXR's two tables), with the lines.
 */
export function readLabelTable(text: string, options: Partial<ReadOptions> = {}): LabelTable {
  return labelTableOf(readCsv(text), options);
}

/** Throws as `readLabelTable` does. */
export function labelTableOf(table: CsvTable, options: Partial<ReadOptions> = {}): LabelTable {
  const reader = READERS.find((candidate) => candidate.recognises(table));
  if (reader === undefined) {
    throw new AppError(
      'label/unknown-format',
      'This is no table of labels that Hilum knows. The simplest has a column "file" and one a finding (1, 0, -1).',
    );
  }
  const warnings = createWarningList();
  for (const line of table.shortLines) warnings.note('short-row', line);
  const { joinBy, findings, rows } = reader.read(table, { uncertain: 'ignore', ...options }, warnings);
  if (rows.length === 0) throw new AppError('label/malformed', 'The table has a header and no rows.');
  const single = namePatients(dropDuplicates(rows, joinBy, warnings), warnings);
  const sexes = findTwoSexes(single);
  if (sexes !== null) warnings.add(sexes);
  return { format: reader.format, joinBy, findings, rows: single, warnings: warnings.list() };
}

/** Throws `label/conflict` where two rows about one film differ. */
function dropDuplicates(rows: readonly LabelRow[], joinBy: JoinBy, warnings: WarningList): LabelRow[] {
  const byKey = new Map<string, LabelRow>();
  const conflicts: number[] = [];
  for (const row of rows) {
    const key = joinBy === 'file' ? plainPath(row.key) : row.key;
    const first = byKey.get(key);
    if (first === undefined) byKey.set(key, row);
    else if (saysTheSame(first, row)) warnings.note('duplicate-row', row.line);
    else conflicts.push(first.line, row.line);
  }
  if (conflicts.length === 0) return [...byKey.values()];
  throw labelError('label/conflict', 'Films have two rows that differ', [...new Set(conflicts)]);
}

function saysTheSame(one: LabelRow, other: LabelRow): boolean {
  return one.patientId === other.patientId && one.labels.every((label, index) => label === other.labels[index]);
}

/** NIH's file names say whose film it is: `00000831_001.png` is the second of patient 831. */
const NIH_NAME = /(?:^|[\\/])(?=\d{8}_)0*(\d+)_\d{3}(?:\.\w+)?$/;

/** Where the table has no patients, and every file is named as NIH names its own. */
function namePatients(rows: LabelRow[], warnings: WarningList): LabelRow[] {
  if (rows.some(({ patientId, key }) => patientId !== null || !NIH_NAME.test(key))) return rows;
  warnings.add(tableWarning('patient-from-name', []));
  return rows.map((row) => ({ ...row, patientId: NIH_NAME.exec(row.key)?.[1] ?? null }));
}
