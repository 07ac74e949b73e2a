/**
 * Studies and series: found or made when a film comes, and what their films say together, so that the worklist reads
 * one row a study. A study belongs to one patient: the same study UID under another patient is another study.
 */
import { AppError, type ErrorBody } from '#main/contract/errors';
import type { FilmFacts } from '#main/contract/film';
import type { StudyId } from '#main/contract/ids';
import type { FilmStatus, StudyRow, StudyView } from '#main/contract/study';
import { audit } from './audit';
import { filmsOfStudy } from './filmView';
import { foldText } from './foldText';
import type { Row, WritableDb } from './openDatabase';
import { toId, toRowId } from './rowIds';

/** `fileName` names a study of which the file says nothing: a picture without a header. */
export function findOrCreateStudy(db: WritableDb, patient: number, facts: FilmFacts, fileName: string): number {
  const known =
    facts.studyUid === ''
      ? undefined
      : db.get("SELECT id FROM studies WHERE study_uid = :uid AND study_uid <> '' AND patient = :patient", {
          uid: facts.studyUid,
          patient,
        });
  if (known !== undefined) {
    completeStudy(db, Number(known['id']), facts);
    return Number(known['id']);
  }
  const now = new Date().toISOString();
  const { id } = db.run(
    `INSERT INTO studies (patient, study_uid, accession_number, description, study_date_time, age_years, imported_at,
       waiting_since, search_text, patient_sort)
     VALUES (:patient, :uid, :accession, :description, :time, :age, :now, :waiting, '', '')`,
    {
      patient,
      uid: facts.studyUid,
      accession: facts.accessionNumber,
      description: facts.studyDescription || (facts.studyUid === '' ? fileName : ''),
      time: facts.studyDateTime,
      age: facts.patientAgeYears,
      now,
      waiting: facts.studyDateTime || now,
    },
  );
  audit(db, 'study.created', `study/${id}`);
  return id;
}

/** Where the first film of a study was silent, a later one may speak. */
function completeStudy(db: WritableDb, id: number, facts: FilmFacts): void {
  db.run(
    `UPDATE studies SET
       accession_number = iif(accession_number = '', :accession, accession_number),
       description = iif(description = '', :description, description),
       waiting_since = iif(study_date_time = '' AND :time <> '', :time, waiting_since),
       study_date_time = iif(study_date_time = '', :time, study_date_time),
       age_years = coalesce(age_years, :age)
     WHERE id = :id`,
    {
      id,
      accession: facts.accessionNumber,
      description: facts.studyDescription,
      time: facts.studyDateTime,
      age: facts.patientAgeYears,
    },
  );
}

export function findOrCreateSeries(db: WritableDb, study: number, facts: FilmFacts): number {
  const known = db.get('SELECT id FROM series WHERE study = :study AND series_uid = :uid', {
    study,
    uid: facts.seriesUid,
  });
  if (known !== undefined) return Number(known['id']);
  return db.run(
    'INSERT INTO series (study, series_uid, modality, description) VALUES (:study, :uid, :modality, :description)',
    { study, uid: facts.seriesUid, modality: facts.modality, description: facts.seriesDescription },
  ).id;
}

/** What a search looks through and the patient column sorts by: of one study, or of all of its patient's. */
export function refreshSearch(db: WritableDb, study: number, wholePatient: boolean): void {
  const rows = db.all(
    `SELECT studies.id, name, patient_id, accession_number, description
     FROM studies JOIN patients ON patients.id = studies.patient
     WHERE ${wholePatient ? 'patient = (SELECT patient FROM studies WHERE id = :study)' : 'studies.id = :study'}`,
    { study },
  );
  for (const row of rows) {
    const words = ['name', 'patient_id', 'accession_number', 'description'].map((key) => foldText(String(row[key])));
    const [name = '', patientId = '', , description = ''] = words;
    db.run('UPDATE studies SET search_text = :words, patient_sort = :sort WHERE id = :id', {
      id: Number(row['id']),
      words: words.join('\n'),
      sort: name || patientId || description,
    });
  }
}

/** The status that a study shows is the first of these that one of its films has: a human's work, then numbers. */
const LEADING_STATUSES: readonly FilmStatus[] = ['failed', 'refused', 'ok', 'waiting', 'not_scored'];
const NEEDS_HUMAN: readonly FilmStatus[] = ['failed', 'refused'];

/** To be called after every change of a film or its prediction. */
export function refreshStudy(db: WritableDb, study: number): void {
  const films = db.all(
    `SELECT films.id, status, problem, view, priority, priority_reason, leading_finding, leading_probability,
       override_reason
     FROM films LEFT JOIN predictions
       ON status = 'ok' AND predictions.id = (SELECT max(id) FROM predictions WHERE film = films.id)
     WHERE study = :study ORDER BY status = 'not_scored', films.id`,
    { study },
  );
  const leader = LEADING_STATUSES.flatMap((status) => films.filter((film) => film['status'] === status))[0];
  const judged = films.reduce<Row | null>((best, film) => (priorityOf(film) > priorityOf(best) ? film : best), null);
  const status = leader?.['status'] as FilmStatus;
  const needsHuman = NEEDS_HUMAN.includes(status);
  const problem = leader?.['problem'] as string | null | undefined;
  const forced = films.map((film) => film['override_reason'] as string | null).find((reason) => reason !== null);
  db.run(
    `UPDATE studies SET film_count = :count, first_film = :first, views = :views, status = :status,
       status_reason = :reason, sort_group = :group, priority = :priority, priority_reason = :priorityReason,
       leading_finding = :finding, leading_probability = :probability
     WHERE id = :study`,
    {
      study,
      count: films.length,
      first: films[0]?.['id'] ?? null,
      views: [...new Set(films.map((film) => String(film['view']) || 'view unknown'))].join(' + '),
      status,
      reason: reasonOf(problem ?? null, forced ?? null),
      group: needsHuman ? 0 : judged === null ? 2 : 1,
      priority: judged?.['priority'] ?? null,
      priorityReason: judged?.['priority_reason'] ?? '',
      finding: judged?.['leading_finding'] ?? null,
      probability: judged?.['leading_probability'] ?? null,
    },
  );
}

/** Below every real priority where there is none. */
/** Why there are no numbers, or why there are some though the model refuses the film. */
function reasonOf(problem: string | null, forced: string | null): string {
  if (problem !== null) return (JSON.parse(problem) as ErrorBody).message;
  return forced === null ? '' : `The model refuses such a film; it was analysed all the same: “${forced}”`;
}

function priorityOf(film: Row | null): number {
  const priority = film?.['priority'] ?? null;
  return priority === null ? -1 : Number(priority);
}

export const STUDY_ROW_SQL = `
  SELECT studies.*, patients.patient_id, patients.name, patients.birth_date, patients.sex, patients.conflict
  FROM studies JOIN patients ON patients.id = studies.patient`;

export function toStudyRow(row: Row): StudyRow {
  return {
    id: toId(row['id']),
    patientId: row['patient_id'] as string,
    patientName: row['name'] as string,
    patientBirthDate: row['birth_date'] as string,
    patientSex: row['sex'] as string,
    patientAgeYears: row['age_years'] as number | null,
    patientConflict: row['conflict'] === 1,
    studyDateTime: row['study_date_time'] as string,
    importedAt: row['imported_at'] as string,
    description: row['description'] as string,
    accessionNumber: row['accession_number'] as string,
    views: row['views'] as string,
    filmCount: row['film_count'] as number,
    firstFilmId: toId(row['first_film']),
    status: row['status'] as FilmStatus,
    statusReason: row['status_reason'] as string,
    leadingFinding: row['leading_finding'] as string | null,
    leadingProbability: row['leading_probability'] as number | null,
    priority: row['priority'] as number | null,
    priorityReason: row['priority_reason'] as string,
    openedAt: row['opened_at'] as string | null,
    reviewedAt: row['reviewed_at'] as string | null,
  };
}

/** Notes that it was opened: the row shows the first time, the audit every time. */
export function openStudy(
  db: WritableDb,
  { studyId, again = false }: { readonly studyId: StudyId; readonly again?: boolean },
): StudyView {
  const id = toRowId(studyId);
  if (!again) noteOpened(db, id);
  const row = db.get(`${STUDY_ROW_SQL} WHERE studies.id = :id`, { id });
  if (row === undefined) throw new AppError('database/not-found', 'This study is not in the database.', { studyId });
  return { row: toStudyRow(row), films: filmsOfStudy(db, id) };
}

function noteOpened(db: WritableDb, id: number): void {
  const now = new Date().toISOString();
  const { changes } = db.run('UPDATE studies SET opened_at = coalesce(opened_at, :now) WHERE id = :id', { id, now });
  if (changes > 0) audit(db, 'study.opened', `study/${id}`);
}
