/**
 * Patients. One is known by issuer and id; where the same id comes with another name, birth date or sex (anonymised
 * exports share ids), it is somebody else: a row of its own, both marked as in conflict, never merged.
 */
import type { FilmFacts } from '#main/contract/film';
import { audit } from './audit';
import { foldText } from './foldText';
import type { ReadableDb, Row, WritableDb } from './openDatabase';

export type FoundPatient = {
  readonly row: number;
  readonly conflict: boolean;
  /** The film said something of them that was not known: their other studies are to be found by it too. */
  readonly completed: boolean;
};

const PERSON = ['name', 'birth_date', 'sex'] as const;
type Person = Readonly<Record<(typeof PERSON)[number], string>>;

/** The patient of a film, made or completed where necessary. */
export function findOrCreatePatient(db: WritableDb, facts: FilmFacts): FoundPatient {
  const person: Person = { name: facts.patientName, birth_date: facts.patientBirthDate, sex: facts.patientSex };
  const namesakes = findNamesakes(db, facts);
  const fitting = namesakes.filter((row) => PERSON.every((key) => agree(person[key], text(row, key), key)));
  const same = fitting.find((row) => PERSON.every((key) => fold(person[key], key) === fold(text(row, key), key)));
  // A silent film that fits two people of one id is neither's.
  const found = same ?? (fitting.length === 1 ? fitting[0] : undefined);
  if (found !== undefined) {
    const completed = complete(db, found, person);
    return { row: Number(found['id']), conflict: found['conflict'] === 1, completed };
  }
  const conflict = namesakes.length > 0;
  const { id } = db.run(
    `INSERT INTO patients (issuer, patient_id, name, birth_date, sex, conflict)
     VALUES (:issuer, :patientId, :name, :birth_date, :sex, :conflict)`,
    { issuer: facts.patientIdIssuer, patientId: facts.patientId, ...person, conflict: Number(conflict) },
  );
  audit(db, 'patient.created', `patient/${id}`, { conflict });
  if (conflict) markConflicts(db, namesakes);
  return { row: id, conflict, completed: false };
}

/** Those who share the film's id. A film without one can only be of a patient whose study it shares. */
function findNamesakes(db: ReadableDb, facts: FilmFacts): Row[] {
  if (facts.patientId !== '') {
    return db.all(
      "SELECT * FROM patients WHERE patient_id = :id AND issuer = :issuer AND patient_id <> '' ORDER BY id",
      {
        id: facts.patientId,
        issuer: facts.patientIdIssuer,
      },
    );
  }
  if (facts.studyUid === '') return [];
  return db.all(
    `SELECT patients.* FROM studies JOIN patients ON patients.id = studies.patient
     WHERE study_uid = :uid AND study_uid <> '' AND patient_id = '' ORDER BY patients.id`,
    { uid: facts.studyUid },
  );
}

/** Silence contradicts nobody. */
function agree(one: string, other: string, key: (typeof PERSON)[number]): boolean {
  return one === '' || other === '' || fold(one, key) === fold(other, key);
}

/** Names differ in case, accents and trailing carets from one station to the next. */
function fold(value: string, key: (typeof PERSON)[number]): string {
  return key === 'name' ? foldText(value) : value;
}

function complete(db: WritableDb, row: Row, person: Person): boolean {
  const missing = PERSON.filter((key) => text(row, key) === '' && person[key] !== '');
  if (missing.length === 0) return false;
  const values = Object.fromEntries(PERSON.map((key) => [key, text(row, key) || person[key]]));
  db.run('UPDATE patients SET name = :name, birth_date = :birth_date, sex = :sex WHERE id = :id', {
    ...values,
    id: Number(row['id']),
  });
  audit(db, 'patient.completed', `patient/${Number(row['id'])}`, { fields: missing.join(' ') });
  return true;
}

function markConflicts(db: WritableDb, namesakes: readonly Row[]): void {
  for (const row of namesakes) {
    if (row['conflict'] === 1) continue;
    db.run('UPDATE patients SET conflict = 1 WHERE id = :id', { id: Number(row['id']) });
    audit(db, 'patient.conflict', `patient/${Number(row['id'])}`);
  }
}

function text(row: Row, key: string): string {
  return String(row[key]);
}
