/**
 * What a split must hold, whoever made it, checked again on the films at hand before every run: no patient and no
 * near-identical film on two sides, nobody measured whom the initial weights were trained on.
 */
import type { PatientList } from '#main/contract/card';
import { connect } from './connect';
import { labelError, leakError, nameSome, type LabelRow } from './labelTable';
import type { NearPair } from './nearIdentical';
import { refuseListedPatients, trainedOn } from './patientList';
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
  const out = new Set(leftOut.map(({ key }) => key));
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
  refuseAlike(rows, sides, nearPairs);
  for (const part of ['validation', 'test'] as const) {
    const measured = rows.filter((_row, index) => sides[index] === part);
    refuseListedPatients(measured, trainedOn(lists), `the ${part}`);
  }
}

/** Pairs connect films over films that are on no side, too. */
function refuseAlike(
  rows: readonly LabelRow[],
  sides: readonly (SplitPart | null)[],
  nearPairs: readonly NearPair[],
): void {
  const looks = connect(rows.length, nearPairs);
  const bySide = new Map<number, SplitPart>();
  const torn = new Set<number>();
  for (const [place, side] of sides.entries()) {
    if (side === null) continue;
    const look = looks[place]!;
    if ((bySide.get(look) ?? side) !== side) torn.add(look);
    bySide.set(look, side);
  }
  if (torn.size === 0) return;
  const films = rows.filter((_row, place) => sides[place] !== null && torn.has(looks[place]!));
  const names = nameSome(films.map(({ key }) => key));
  const lines = films.map(({ line }) => line);
  throw labelError('label/leak', `Near-identical films are on two sides: ${names}`, lines);
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
  throw leakError('Patients are on two sides', [...shared], lines);
}
