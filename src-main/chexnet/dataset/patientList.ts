/**
 * Which patients a model has seen, in its card: without their numbers, but so that a table can be checked against
 * it. A patient is the first 48 bits of SHA-256 over the list's own salt and the number. That keeps numbers from being
 * read or looked up in other lists; it is no anonymity: numbers are few, and whoever has the card can try a number
 * and learn whether that patient was in the training. 48 bits: 30,000 test patients against 30,000 of a list meet by
 * chance with a probability of 3 in a million.
 */
import type { PatientList } from '#main/contract/card';
import { leakError, type LabelRow } from './labelTable';
import { sha256 } from './sha256';

const HASH_DIGITS = 12;

/** `00000831` and `831` are one patient: tables and DICOM headers of the same hospital write both. */
export function canonicalPatient(patientId: string): string {
  const text = patientId.trim();
  return /^\d+$/.test(text) ? text.replace(/^0+(?=\d)/, '') : text.toUpperCase();
}

function hashPatient(patientId: string, salt: string): string {
  return sha256(`${salt}\n${canonicalPatient(patientId)}`).slice(0, HASH_DIGITS);
}

/** `salt`: 32 random hex digits, new for each list. */
export function makePatientList(
  about: Pick<PatientList, 'model' | 'role' | 'origin' | 'salt'>,
  patientIds: Iterable<string>,
): PatientList {
  const hashes = new Set<string>();
  for (const patientId of patientIds) hashes.add(hashPatient(patientId, about.salt));
  return { ...about, hashes: [...hashes].sort().join(' ') };
}

type PatientRow = Pick<LabelRow, 'line' | 'patientId'>;

/** Patient ids of the rows that stand in one of the lists. */
export function listedPatients(rows: readonly PatientRow[], lists: readonly PatientList[]): Set<string> {
  const patients = new Set(rows.flatMap(({ patientId }) => (patientId === null ? [] : [patientId])));
  const listed = new Set<string>();
  for (const { salt, hashes } of lists) {
    const known = new Set(hashes.split(' '));
    for (const patientId of patients) if (known.has(hashPatient(patientId, salt))) listed.add(patientId);
  }
  return listed;
}

/** The lists of a card that bar a patient from being measured: those that it or an ancestor of it was trained on. */
export function trainedOn(lists: readonly PatientList[]): PatientList[] {
  return lists.filter(({ role }) => role === 'trained');
}

const DEEDS: Readonly<Record<PatientList['role'], string>> = {
  trained: 'trained',
  validated: 'chose the weights of',
};

/**
 * Throws `label/leak`, with patients and lines, where rows that are to be measured are of patients in one of `lists`:
 * of those whom the model or an ancestor was trained on. `purpose` ends the sentence: `the test`.
 */
export function refuseListedPatients(
  rows: readonly PatientRow[],
  lists: readonly PatientList[],
  purpose: string,
): void {
  const named = new Set<string>();
  const sentences: string[] = [];
  for (const list of lists) {
    // Whom a model was trained on, its descendants were too: each is named once.
    const patients = [...listedPatients(rows, [list])].filter((patientId) => !named.has(patientId));
    if (patients.length === 0) continue;
    for (const patientId of patients) named.add(patientId);
    const count = patients.length === 1 ? 'One patient' : `${patients.length} patients`;
    const origin = list.origin === '' ? '' : ` (${list.origin})`;
    sentences.push(`${count} of ${purpose} ${DEEDS[list.role]} the model ${list.model}${origin}`);
  }
  if (named.size === 0) return;
  const lines = rows.filter(({ patientId }) => patientId !== null && named.has(patientId)).map(({ line }) => line);
  throw leakError(sentences.join(', '), [...named], lines);
}
