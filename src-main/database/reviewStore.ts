/**
 * Reviews: what readers say of films. Answers are only ever added; the latest of a reader about a finding counts. Who
 * reads is a setting, else the account of the computer.
 */
import { userInfo } from 'node:os';
import { AppError } from '#main/contract/errors';
import type { FilmFacts } from '#main/contract/film';
import type { FilmId, StudyId } from '#main/contract/ids';
import type { FilmReview, ReviewAnswer, ReviewChange } from '#main/contract/review';
import { audit } from './audit';
import type { ReadableDb, Row, WritableDb } from './openDatabase';
import { toRowId } from './rowIds';
import { getSettings } from './settingsStore';

export type Reader = {
  readonly reader: string;
  /** Films about which the reader has answered anything. */
  readonly films: number;
  readonly answers: number;
  readonly lastAt: string;
};

/** A film with at least one answer of a reader. */
export type ReviewedFilm = {
  /** Path of the original; an entry of an archive as `archive.zip/entry`. */
  readonly file: string;
  readonly contentSha256: string;
  readonly facts: FilmFacts;
  readonly answers: Readonly<Record<string, ReviewAnswer>>;
  readonly at: string;
};

function currentReader(db: ReadableDb): string {
  const { readerName } = getSettings(db);
  return readerName === '' ? accountName() : readerName;
}

/** Containers have users without a name. */
function accountName(): string {
  try {
    return userInfo().username || 'reader';
  } catch {
    return 'reader';
  }
}

/** The latest answers of the reader of now. */
export function filmReview(db: ReadableDb, film: number, study: number): FilmReview {
  const reader = currentReader(db);
  const rows = db.all(
    `SELECT finding, answer, at FROM reviews
     WHERE id IN (SELECT max(id) FROM reviews WHERE film = :film AND reader = :reader GROUP BY finding) ORDER BY id`,
    { film, reader },
  );
  const last = db.get('SELECT done FROM study_reviews WHERE study = :study AND reader = :reader ORDER BY id DESC', {
    study,
    reader,
  });
  return {
    reader,
    answers: answersOf(rows),
    at: (rows.at(-1)?.['at'] ?? null) as string | null,
    done: last?.['done'] === 1,
  };
}

function answersOf(rows: readonly Row[]): Record<string, ReviewAnswer> {
  const given = rows.filter((row) => row['answer'] !== 'open');
  return Object.fromEntries(given.map((row) => [row['finding'] as string, row['answer'] as ReviewAnswer]));
}

type Answers = { readonly filmId: FilmId; readonly answers: Readonly<Record<string, ReviewChange>> };

/** Throws `database/not-found`, and `usage/invalid` where the film's model has no such finding. */
export function reviewFilm(db: WritableDb, { filmId, answers }: Answers): FilmReview {
  const film = db.get('SELECT id, study FROM films WHERE id = :id', { id: toRowId(filmId) });
  if (film === undefined) throw new AppError('database/not-found', 'This film is not in the database.', { filmId });
  const id = Number(film['id']);
  const study = Number(film['study']);
  const prediction = db.get('SELECT id, cutoffs FROM predictions WHERE film = :id ORDER BY id DESC LIMIT 1', { id });
  const known = JSON.parse((prediction?.['cutoffs'] ?? '[]') as string) as { finding: string }[];
  const before = filmReview(db, id, study);
  for (const [finding, answer] of Object.entries(answers)) {
    if (!known.some((each) => each.finding === finding)) {
      throw new AppError('usage/invalid', 'The model of this film has no such finding.', { finding });
    }
    if ((before.answers[finding] ?? 'open') === answer) continue;
    db.run(
      `INSERT INTO reviews (film, at, actor, reader, finding, answer, prediction)
       VALUES (:film, :now, :actor, :reader, :finding, :answer, :prediction)`,
      {
        ...{ film: id, now: new Date().toISOString(), actor: db.actor, reader: before.reader, finding, answer },
        prediction: Number(prediction?.['id']),
      },
    );
    audit(db, 'film.reviewed', `film/${id}`, { finding, answer });
  }
  return filmReview(db, id, study);
}

type Done = { readonly studyId: StudyId; readonly reviewed: boolean };

/** The worklist shows when a study was last said to be done, whoever said so. Throws `database/not-found`. */
export function markReviewed(db: WritableDb, { studyId, reviewed }: Done): null {
  const now = new Date().toISOString();
  const { changes } = db.run('UPDATE studies SET reviewed_at = :at WHERE id = :study', {
    study: toRowId(studyId),
    at: reviewed ? now : null,
  });
  if (changes === 0) throw new AppError('database/not-found', 'This study is not in the database.', { studyId });
  noteDone(db, toRowId(studyId), currentReader(db), reviewed, now);
  audit(db, reviewed ? 'study.reviewed' : 'study.reopened', `study/${studyId}`);
  return null;
}

/** Another film has come: a study that was done is to be read again, by everybody. */
export function reopenStudy(db: WritableDb, study: number): void {
  const { changes } = db.run('UPDATE studies SET reviewed_at = NULL WHERE id = :study AND reviewed_at IS NOT NULL', {
    study,
  });
  if (changes === 0) return;
  const now = new Date().toISOString();
  for (const { reader } of db.all('SELECT DISTINCT reader FROM study_reviews WHERE study = :study', { study })) {
    noteDone(db, study, reader as string, false, now);
  }
  audit(db, 'study.reopened', `study/${study}`);
}

function noteDone(db: WritableDb, study: number, reader: string, done: boolean, at: string): void {
  db.run('INSERT INTO study_reviews (study, at, actor, reader, done) VALUES (:study, :at, :actor, :reader, :done)', {
    ...{ study, at, actor: db.actor, reader },
    done: Number(done),
  });
}

const LATEST = 'SELECT max(id) FROM reviews GROUP BY reader, film, finding';

/** Everybody who has answered anything that still counts, by name. */
export function listReaders(db: ReadableDb): Reader[] {
  return db
    .all(
      `SELECT reader, count(DISTINCT film) AS films, count(*) AS answers, max(at) AS last_at FROM reviews
       WHERE id IN (${LATEST}) AND answer <> 'open' GROUP BY reader ORDER BY reader`,
    )
    .map((row) => ({
      reader: row['reader'] as string,
      films: row['films'] as number,
      answers: row['answers'] as number,
      lastAt: row['last_at'] as string,
    }));
}

/** In the order in which the films came. */
export function listReviews(db: ReadableDb, { reader }: { readonly reader: string }): ReviewedFilm[] {
  const rows = db.all(
    `SELECT film, finding, answer, at, origin_path, origin_entry, content_sha256, facts
     FROM reviews JOIN films ON films.id = film
     WHERE reviews.id IN (${LATEST}) AND reader = :reader AND answer <> 'open' ORDER BY film, reviews.id`,
    { reader },
  );
  const byFilm = new Map<unknown, Row[]>();
  for (const row of rows) {
    const known = byFilm.get(row['film']);
    if (known === undefined) byFilm.set(row['film'], [row]);
    else known.push(row);
  }
  return [...byFilm.values()].map(toReviewedFilm);
}

function toReviewedFilm(rows: readonly Row[]): ReviewedFilm {
  const [first] = rows;
  const entry = first?.['origin_entry'] as string | null;
  const path = first?.['origin_path'] as string;
  return {
    file: entry === null ? path : `${path}/${entry}`,
    contentSha256: first?.['content_sha256'] as string,
    facts: JSON.parse(first?.['facts'] as string) as FilmFacts,
    answers: answersOf(rows),
    at: rows.at(-1)?.['at'] as string,
  };
}
