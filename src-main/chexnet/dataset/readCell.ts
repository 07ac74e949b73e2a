/** Cells of label tables that mean the same in all of them: age, sex, view, patient. */
import { columnKey, type CsvRow, type CsvTable } from './readCsv';
import type { LabelRow, WarningList } from './labelTable';

/** Oldest person ever: 122. NIH's first table has 16 films of people aged 148 to 414. */
const OLDEST_YEARS = 120;

const YEARS_PER_UNIT: Readonly<Record<string, number>> = { '': 1, Y: 1, M: 1 / 12, W: 7 / 365.25, D: 1 / 365.25 };

/** `58`, `58.0`, `058Y`, `011M`, `002W`, `013D` → years; null where it is blank or no age, which is noted. */
export function readAge(cell: string, line: number, warnings: WarningList): number | null {
  const text = cell.trim().toUpperCase();
  if (isBlank(text)) return null;
  const match = /^(-?\d+(?:\.\d+)?)([YMWD]?)$/.exec(text);
  if (match === null) {
    warnings.note('age-unreadable', line);
    return null;
  }
  const years = Number(match[1]) * (YEARS_PER_UNIT[match[2] ?? ''] ?? 1);
  if (years >= 0 && years <= OLDEST_YEARS) return years;
  warnings.note('age-impossible', line);
  return null;
}

const SEXES: Readonly<Record<string, LabelRow['sex']>> = {
  M: 'M',
  MALE: 'M',
  F: 'F',
  FEMALE: 'F',
  O: null,
  U: null,
  OTHER: null,
  UNKNOWN: null,
};

export function readSex(cell: string, line: number, warnings: WarningList): LabelRow['sex'] {
  const text = cell.trim().toUpperCase();
  if (isBlank(text)) return null;
  const sex = SEXES[text];
  if (sex === undefined) warnings.note('sex-unreadable', line);
  return sex ?? null;
}

const LATERALS: ReadonlySet<string> = new Set(['L', 'LL', 'RL', 'LLAT', 'RLAT', 'LAT', 'LATERAL']);

/** Laterals have many names, and one here. */
export function readView(cell: string): string | null {
  const text = cell.trim().toUpperCase();
  if (isBlank(text)) return null;
  return LATERALS.has(text) ? 'LATERAL' : text;
}

/** What pandas, R, databases and Excel write for nothing. */
const NOTHING: ReadonlySet<string> = new Set(['', 'NAN', '<NA>', 'NA', 'N/A', '#N/A', 'NONE', 'NULL']);

function isBlank(capitals: string): boolean {
  return NOTHING.has(capitals);
}

/** `0.35`, `35 %`, and `0,35` where commas do not cut cells; NaN where it is blank, null where it is no number. */
export function readNumber(cell: string, { delimiter }: Pick<CsvTable, 'delimiter'>): number | null {
  const text = cell.trim();
  if (isBlank(text.toUpperCase())) return NaN;
  const decimal = delimiter !== ',' && /^[^,.]*,[^,.]*$/.test(text) ? text.replace(',', '.') : text;
  const [, digits, percent] = /^(.*?)\s*(%?)$/s.exec(decimal)!;
  const value = digits === '' ? NaN : Number(digits);
  if (Number.isNaN(value)) return null;
  if (percent === '') return value;
  // Not value / 100: 35 % is 0.35 to the last bit.
  const share = Number(`${digits}e-2`);
  return Number.isNaN(share) ? value / 100 : share;
}

/** A UID or an accession number may come with what pads it in DICOM. */
export function readKey(cell: string): string {
  return cell.replaceAll('\0', '').trim();
}

export function readPatient(cell: string, line: number, warnings: WarningList): string | null {
  const patientId = cell.trim();
  if (patientId !== '') return patientId;
  warnings.note('patient-missing', line);
  return null;
}

/** The cell of a row under the first of these names that is there; '' where the table has no such column. */
export function createCellReader(table: CsvTable, ...names: readonly string[]): (row: CsvRow) => string {
  const index = findColumn(table, ...names);
  return index === undefined ? () => '' : ({ cells }) => cells[index] ?? '';
}

export function hasColumn(table: CsvTable, ...names: readonly string[]): boolean {
  return findColumn(table, ...names) !== undefined;
}

/** The place of the first of these columns that is there. */
export function findColumn({ columns }: CsvTable, ...names: readonly string[]): number | undefined {
  return names.map((name) => columns.get(columnKey(name))).find((place) => place !== undefined);
}
