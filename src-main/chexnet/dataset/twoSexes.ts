/** One number with films of both sexes may be two people, whoever says the sex: a table, or the headers of its films. */
import { nameSome, tableWarning, type LabelRow, type TableWarning } from './labelTable';
import { canonicalPatient } from './patientList';

type SexRow = Pick<LabelRow, 'patientId' | 'sex' | 'line'>;

/**
 * A row may be given twice, as a table and as a header say it. Patients of `known` are told of already. Null where
 * there are none. Such patients are kept: for a split by patient one number is one patient, whoever they are.
 */
export function findTwoSexes(rows: readonly SexRow[], known: readonly SexRow[] = []): TableWarning | null {
  const before = new Set(tornPatients(known).keys());
  const torn = [...tornPatients(rows)].filter(([patient]) => !before.has(patient));
  if (torn.length === 0) return null;
  const lines = torn.flatMap(([, rowsOf]) => rowsOf.map(({ line }) => line));
  const names = nameSome(torn.map(([, rowsOf]) => rowsOf[0]!.patientId!));
  return tableWarning(
    'patient-sexes',
    [...new Set(lines)].sort((one, other) => one - other),
    names,
  );
}

/** By patient, the rows of another sex than the first. */
function tornPatients(rows: readonly SexRow[]): Map<string, SexRow[]> {
  const first = new Map<string, LabelRow['sex']>();
  const torn = new Map<string, SexRow[]>();
  for (const row of rows) {
    if (row.patientId === null || row.sex === null) continue;
    const patient = canonicalPatient(row.patientId);
    const sex = first.get(patient);
    if (sex === undefined) first.set(patient, row.sex);
    else if (sex !== row.sex) torn.set(patient, [...(torn.get(patient) ?? []), row]);
  }
  return torn;
}
