/**
 * What a split must hold, whoever made it, checked again on the films at hand before every run: no patient and no
 * near-identical film on two sides, nobody measured whom the initial weights were trained on.
 */
import type { PatientList } from '#main/contract/card';
import { labelError, type LabelRow } from './labelTable';
import type { NearPair } from './nearIdentical';
import { refuseTrainedPatients } from './patientList';
import { SPLIT_PARTS, type PatientSplit, type SplitPart } from './splitPatients';

/** Places in `rows` by part, in their order. Rows of nobody in the split, and those left out, are on no side. */
export function rowsByPart(rows: readonly LabelRow[], split: PatientSplit): Record<SplitPart, number[]> {
  const sides = sidesOf(rows, split);
  const places: Record<SplitPart, number[]> = { training: [], validation: [], test: [] };
  for (const [index, side] of sides.entries()) if (side !== null) places[side].push(index);
  return places;
}

function sidesOf(rows: readonly LabelRow[], { patients, leftOut }: PatientSplit): (SplitPart | null)[] {
  const byPatient = new Map<string, SplitPart>();
  for (const part of SPLIT_PARTS) for (const patientId of patients[part]) byPatient.set(patientId, part);
  const out = new Set(leftOut);
  return rows.map(({ key, patientId }) =>
    patientId === null || out.has(key) ? null : (byPatient.get(patientId) ?? null),
  );
}

/** Throws `label/leak` with the lines. `lists` are those of the initial weights' card. */
export function checkSplit(
  rows: readonly LabelRow[],
  split: PatientSplit,
  { nearPairs, lists }: { readonly nearPairs: readonly NearPair[]; readonly lists: readonly PatientList[] },
): void {
  refuseSharedPatients(rows, split);
  const sides = sidesOf(rows, split);
  const crossing = nearPairs.filter(({ one, other }) => {
    return sides[one] !== null && sides[other] !== null && sides[one] !== sides[other];
  });
  if (crossing.length > 0) {
    const lines = crossing.flatMap(({ one, other }) => [rows[one]!.line, rows[other]!.line]);
    throw labelError('label/leak', 'Near-identical films are on two sides', [...new Set(lines)]);
  }
  for (const part of ['validation', 'test'] as const) {
    const measured = rows.filter((_row, index) => sides[index] === part);
    refuseTrainedPatients(measured, lists, `the ${part}`);
  }
}

function refuseSharedPatients(rows: readonly LabelRow[], { patients }: PatientSplit): void {
  const seen = new Map<string, SplitPart>();
  const shared = new Set<string>();
  for (const part of SPLIT_PARTS) {
    for (const patientId of patients[part]) {
      if ((seen.get(patientId) ?? part) !== part) shared.add(patientId);
      seen.set(patientId, part);
    }
  }
  if (shared.size === 0) return;
  const lines = rows.filter(({ patientId }) => patientId !== null && shared.has(patientId)).map(({ line }) => line);
  throw labelError('label/leak', 'Patients are on two sides', lines);
}
