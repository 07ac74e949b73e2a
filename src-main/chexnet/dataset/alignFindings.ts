/** A table's labels in the order of a model's findings. */
import { AppError } from '#main/contract/errors';
import { tableWarning, UNKNOWN, type LabelTable, type TableWarning } from './labelTable';

/**
 * The table with exactly `findings`: those that it lacks are unknown (-1) for every film, those that nobody asked for
 * are left out; both are warned of. Throws `label/unknown-finding` where they have none in common.
 */
export function alignFindings(table: LabelTable, findings: readonly string[]): LabelTable {
  if (findings.every((finding, index) => finding === table.findings[index])) {
    if (findings.length === table.findings.length) return table;
  }
  const places = findings.map((finding) => table.findings.indexOf(finding));
  if (places.every((place) => place < 0)) {
    const names = `the table has ${table.findings.join(', ')}; asked for are ${findings.join(', ')}`;
    throw new AppError('label/unknown-finding', `The table has none of the findings: ${names}.`);
  }
  const missing = findings.filter((_finding, index) => places[index]! < 0);
  const unused = table.findings.filter((finding) => !findings.includes(finding));
  const warnings: TableWarning[] = [...table.warnings];
  if (missing.length > 0) warnings.push(tableWarning('finding-missing', [], missing.join(', ')));
  if (unused.length > 0) warnings.push(tableWarning('finding-unused', [], unused.join(', ')));
  const rows = table.rows.map((row) => ({
    ...row,
    labels: Int8Array.from(places, (place) => (place < 0 ? UNKNOWN : row.labels[place]!)),
    uncertain: row.uncertain.map((place) => places.indexOf(place)).filter((place) => place >= 0),
  }));
  return { ...table, findings, rows, warnings };
}
