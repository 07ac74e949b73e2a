/**
 * A table of one's own: a column that names the film and one a finding, 1 present, 0 absent, -1 uncertain, blank
 * unknown; beside them, where there are any, patient, sex, age and view. Hilum's own tables have this form.
 */
import { AppError } from '#main/contract/errors';
import { NIH_FINDINGS } from '#main/contract/findings';
import { findingName, knownFinding } from '../findingNames';
import { tableWarning, UNKNOWN, type JoinBy, type LabelRow } from '../labelTable';
import { createCellReader, findColumn, hasColumn, readAge, readKey, readPatient, readSex, readView } from '../readCell';
import { columnKey, type CsvTable } from '../readCsv';
import {
  createLabelReader,
  isLabelColumn,
  nameColumns,
  refuseKeyless,
  type ReadOptions,
  type TableReader,
} from './tableReader';

/** Names of the column that says which film, in the order in which they are taken. */
const KEY_COLUMNS: readonly (readonly [JoinBy, readonly string[]])[] = [
  ['file', ['file', 'filename', 'image index', 'image', 'image id', 'image name', 'path', 'filepath', 'image path']],
  ['instance', ['instance uid', 'sop instance uid']],
  ['study', ['study uid', 'study instance uid']],
  ['accession', ['accession number', 'accession', 'accession no']],
];

const PATIENT = ['patient id', 'patient'] as const;
const SEX = ['sex', 'patient sex', 'gender', 'patient gender'] as const;
const AGE = ['age', 'age years', 'patient age'] as const;
const VIEW = ['view', 'view position', 'projection'] as const;

const ABOUT_THE_FILM: ReadonlySet<string> = new Set(
  [
    ...KEY_COLUMNS.flatMap(([, names]) => names),
    ...[...PATIENT, ...SEX, ...AGE, ...VIEW],
    'no finding',
    // Of the workstation's own table of reviews.
    ...['file sha256', 'reader', 'reviewed at', 'notice'],
  ].map(columnKey),
);

export const plainTable: TableReader = {
  format: 'plain',
  recognises: (table) => findKey(table) !== null,
  read: (table, options, warnings) => {
    const { joinBy, names } = chooseKey(table, options.joinBy);
    const { columns, ignored } = findingColumns(table, options);
    if (ignored.length > 0) warnings.add(tableWarning('column-ignored', [], ignored.join(', ')));
    const labels = createLabelReader(table, columns, { uncertain: options.uncertain, blank: UNKNOWN });
    const key = createCellReader(table, ...names);
    const patient = createCellReader(table, ...PATIENT);
    const hasPatients = hasColumn(table, ...PATIENT);
    const sex = createCellReader(table, ...SEX);
    const age = createCellReader(table, ...AGE);
    const view = createCellReader(table, ...VIEW);
    const rows = table.rows.map((row): LabelRow => {
      const { line } = row;
      return {
        line,
        key: readKey(key(row)),
        patientId: hasPatients ? readPatient(patient(row), line, warnings) : null,
        sex: readSex(sex(row), line, warnings),
        ageYears: readAge(age(row), line, warnings),
        view: readView(view(row)),
        ...labels.read(row),
      };
    });
    labels.finish();
    refuseKeyless(rows, names[0]!);
    return { joinBy, findings: columns.map(({ name }) => name), rows };
  },
};

function findKey(table: CsvTable, wanted?: JoinBy): (typeof KEY_COLUMNS)[number] | null {
  // The folder that a film lies in is a part of its file's path.
  const kind = wanted === 'folder' ? 'file' : wanted;
  const there = KEY_COLUMNS.flatMap(([joinBy, names]) => {
    const index = findColumn(table, ...names);
    return index === undefined || (kind !== undefined && joinBy !== kind) ? [] : [{ joinBy, names, index }];
  });
  // A column that nobody has filled in names no film.
  const found = there.find(({ index }) => table.rows.some(({ cells }) => cells[index]!.trim() !== '')) ?? there[0];
  return found === undefined ? null : [wanted ?? found.joinBy, found.names];
}

export function chooseKey(table: CsvTable, wanted?: JoinBy): { joinBy: JoinBy; names: readonly string[] } {
  const found = findKey(table, wanted);
  if (found !== null) return { joinBy: found[0], names: found[1] };
  const what = wanted === undefined ? 'film' : wanted;
  throw new AppError(
    'label/unknown-format',
    `No column of the table names the ${what}, as one named "file" would: ${nameColumns(table)}.`,
  );
}

/** A column is a finding's where it is named like one, or where it holds labels and nothing else. */
function findingColumns(table: CsvTable, { vocabulary }: ReadOptions) {
  const columns: { name: string; index: number }[] = [];
  const ignored: string[] = [];
  for (const [index, title] of table.header.entries()) {
    if (title === '' || ABOUT_THE_FILM.has(columnKey(title))) continue;
    const name = knownFinding(title, vocabulary ?? NIH_FINDINGS) ?? findingName(title);
    const isNamed = (vocabulary ?? NIH_FINDINGS).includes(name);
    if (isNamed || isLabelColumn(table, index)) columns.push({ name, index });
    else ignored.push(title);
  }
  if (columns.length > 0) return { columns, ignored };
  throw new AppError(
    'label/unknown-format',
    `No column of the table holds labels (1, 0, -1 or blank) of a finding: ${nameColumns(table)}.`,
  );
}
