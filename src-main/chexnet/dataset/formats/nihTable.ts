/**
 * NIH ChestX-ray14's Data_Entry (Wang et al., CVPR 2017): the tables of 2017 (ages like `058Y` in its first files, up
 * to 414 years, and a comma behind each row) and of 2020, and every table with an `Image Index` or another file name
 * and `Finding Labels` joined by a bar, as people's own are by commas and semicolons. What is not named is absent: the labels were mined from reports.
 */
import { NIH_FINDINGS } from '#main/contract/findings';
import { knownFinding } from '../findingNames';
import { labelError, type LabelRow } from '../labelTable';
import { createCellReader, hasColumn, readAge, readPatient, readSex, readView } from '../readCell';
import type { CsvRow } from '../readCsv';
import { refuseKeyless, requireColumn, type TableReader } from './tableReader';

const NOTHING: ReadonlySet<string> = new Set(['no finding', 'no_finding']);

export const nihTable: TableReader = {
  format: 'nih',
  recognises: (table) => hasColumn(table, 'finding labels'),
  read: (table, options, warnings) => {
    const findings = options.vocabulary ?? NIH_FINDINGS;
    const key = createCellReader(table, 'image index', 'file', 'filename', 'image', 'path');
    const patient = createCellReader(table, 'patient id', 'patient_id', 'patientid');
    const age = createCellReader(table, 'patient age', 'age');
    // `Patient Sex` since the release of 2020 on other mirrors, `Patient Gender` before.
    const sex = createCellReader(table, 'patient gender', 'patient sex', 'sex', 'gender');
    const view = createCellReader(table, 'view position', 'view');
    const hasPatients = hasColumn(table, 'patient id', 'patient_id', 'patientid');
    const labels = createListReader(requireColumn(table, 'finding labels'), findings);
    const rows = table.rows.map((row): LabelRow => {
      const { line } = row;
      return {
        line,
        key: key(row).trim(),
        patientId: hasPatients ? readPatient(patient(row), line, warnings) : null,
        sex: readSex(sex(row), line, warnings),
        ageYears: readAge(age(row), line, warnings),
        view: readView(view(row)),
        labels: labels.read(row),
        uncertain: [],
      };
    });
    labels.finish();
    refuseKeyless(rows, 'file name');
    return { joinBy: 'file', findings, rows };
  },
};

/** Names joined by bars → labels; the same few hundred combinations come again and again. */
function createListReader(index: number, findings: readonly string[]) {
  const known = new Map<string, Int8Array | 'unknown' | 'contradiction'>();
  const unknown: number[] = [];
  const contradicting: number[] = [];
  const strangers = new Set<string>();

  function readList(cell: string): Int8Array | 'unknown' | 'contradiction' {
    const names = cell.split(/[|;,]/).map((name) => name.trim());
    const said = names.filter((name) => !NOTHING.has(name.toLowerCase()));
    if (said.length > 0 && said.length < names.length) return 'contradiction';
    const labels = new Int8Array(findings.length);
    let isKnown = true;
    for (const name of said) {
      const finding = knownFinding(name, findings);
      if (finding === null) {
        strangers.add(name === '' ? '(blank)' : name);
        isKnown = false;
      } else labels[findings.indexOf(finding)] = 1;
    }
    return isKnown ? labels : 'unknown';
  }

  return {
    read: ({ cells, line }: CsvRow): Int8Array => {
      const cell = cells[index]!;
      const labels = known.get(cell) ?? readList(cell);
      known.set(cell, labels);
      if (labels === 'unknown') unknown.push(line);
      if (labels === 'contradiction') contradicting.push(line);
      return typeof labels === 'string' ? new Int8Array(findings.length) : labels;
    },
    finish: (): void => {
      if (unknown.length > 0) {
        const names = [...strangers].slice(0, 10).join(', ');
        throw labelError('label/unknown-finding', `These are none of the findings: ${names}`, unknown);
      }
      if (contradicting.length > 0) {
        throw labelError('label/conflict', 'Rows name a finding and "No Finding" at once', contradicting);
      }
    },
  };
}
