/**
 * All that the database can be asked, as the protocol of its thread. Each member is one transaction; the actor of a
 * change is given when the database is opened (`window`, `command line`) and stands in its audit row.
 */
import type { FindingCutoff } from '#main/contract/cutoffs';
import type { ErrorBody } from '#main/contract/errors';
import type { DecodedFilm } from '#main/contract/film';
import type { FilmId, PatientId, StudyId } from '#main/contract/ids';
import type { Prediction } from '#main/contract/prediction';
import type { FilmReview, ReviewChange } from '#main/contract/review';
import type { Settings, SettingsChanges } from '#main/contract/settings';
import type { FailedFile, FilmStatus, FilmView, StudyPage, StudyQuery, StudyView } from '#main/contract/study';
import type { Task } from '#main/contract/task';
import type { Priority } from '#main/contract/priority';
import type { Reader, ReviewedFilm } from './reviewStore';
import type { Reprioritising } from './urgencyStore';

/** Where the bytes of a film are. `copy`: Hilum keeps them under its home (ZIP entries, later PACS). */
export type FilmOrigin = { readonly path: string; readonly entry: string | null; readonly kept: 'reference' | 'copy' };

export type ImportedFilm = {
  readonly filmId: FilmId;
  readonly studyId: StudyId;
  readonly patientId: PatientId;
  /** False where these very bytes were known already: nothing was changed but a vanished original's path. */
  readonly created: boolean;
  /** The same patient id stands for somebody else already (another name, sex or birth date). */
  readonly patientConflict: boolean;
};

/** A film as workflows need it to be decoded or analysed again. */
export type StoredFilm = {
  readonly filmId: FilmId;
  readonly studyId: StudyId;
  readonly contentSha256: string;
  readonly origin: FilmOrigin;
  readonly status: FilmStatus;
  readonly problem: ErrorBody | null;
  readonly rows: number;
  readonly columns: number;
};

export type PredictionToStore = {
  readonly filmId: FilmId;
  readonly prediction: Prediction;
  readonly cutoffs: readonly FindingCutoff[];
  readonly calibrated: boolean;
  readonly priority: Priority;
  readonly override: { readonly code: string; readonly reason: string } | null;
};

type Call<Argument, Reply> = { argument: Argument; reply: Reply };
type None = Record<string, never>;

export type DatabaseProtocol = {
  // films and studies
  /** Known bytes change nothing, except that a film whose original is gone takes this place as its origin. */
  importFilm: Call<{ readonly film: DecodedFilm; readonly origin: FilmOrigin }, ImportedFilm>;
  findFilmByContent: Call<{ readonly contentSha256: string }, StoredFilm | null>;
  getStoredFilm: Call<{ readonly filmId: FilmId }, StoredFilm>;
  getFilm: Call<{ readonly filmId: FilmId }, FilmView>;
  listStudies: Call<StudyQuery, StudyPage>;
  /** Notes that it was opened, but where the window looks `again` at what it shows already. */
  openStudy: Call<{ readonly studyId: StudyId; readonly again?: boolean }, StudyView>;
  /** `waiting` films in the order in which they came. */
  listWaitingFilms: Call<{ readonly limit: number }, readonly StoredFilm[]>;
  setFilmStatus: Call<
    { readonly filmId: FilmId; readonly status: FilmStatus; readonly problem: ErrorBody | null },
    null
  >;
  setOriginalPresent: Call<{ readonly filmId: FilmId; readonly present: boolean }, null>;
  // files that could not be read
  recordFailedFile: Call<{ readonly path: string; readonly entry: string | null; readonly error: ErrorBody }, null>;
  /** It was read well after all. `importFilm` does this for its origin; copies and known films have none to tell. */
  forgetFailedFile: Call<{ readonly path: string; readonly entry: string | null }, null>;
  listFailedFiles: Call<None, readonly FailedFile[]>;
  dismissFailedFile: Call<{ readonly id: string }, null>;
  // predictions
  storePrediction: Call<PredictionToStore, null>;
  /** Newest prediction's [n,7,7] float32. */
  getAttentionMaps: Call<{ readonly filmId: FilmId }, Float32Array>;
  /** Piece by piece, so that nobody waits: see urgencyStore. */
  reprioritise: Call<Reprioritising, number | null>;
  // reviews: only ever added to
  reviewFilm: Call<{ readonly filmId: FilmId; readonly answers: Readonly<Record<string, ReviewChange>> }, FilmReview>;
  markReviewed: Call<{ readonly studyId: StudyId; readonly reviewed: boolean }, null>;
  listReaders: Call<None, readonly Reader[]>;
  listReviews: Call<{ readonly reader: string }, readonly ReviewedFilm[]>;
  // pixel cache: what lies on disk, oldest use first
  notePixels: Call<{ readonly contentSha256: string; readonly bytes: number }, null>;
  listPixels: Call<None, readonly { readonly contentSha256: string; readonly bytes: number }[]>;
  forgetPixels: Call<{ readonly contentSha256: string }, null>;
  // tasks, settings
  saveTask: Call<{ readonly task: Task }, null>;
  listTasks: Call<{ readonly limit: number }, readonly Task[]>;
  /** At start: tasks of a process that is no more become `failed` with task/abandoned. */
  closeAbandonedTasks: Call<None, readonly Task[]>;
  getSettings: Call<None, Settings>;
  updateSettings: Call<{ readonly changes: SettingsChanges }, Settings>;
  getFact: Call<{ readonly name: string }, string | null>;
  /** Small facts of the installation: `intended-use-accepted`, `samples-imported`. */
  setFact: Call<{ readonly name: string; readonly value: string }, null>;
  /** Changes whenever another process wrote to the file (PRAGMA data_version). */
  dataVersion: Call<None, number>;
  /** Closes the file; the thread ends afterwards. */
  close: Call<None, null>;
};

/** What the database's thread answers besides. */
export type DatabaseThreadProtocol = DatabaseProtocol & {
  open: Call<{ readonly file: string; readonly actor: string }, null>;
};

/** A compile error here means that the list and the protocol differ. */
const requests: Record<keyof DatabaseProtocol, true> = {
  importFilm: true,
  findFilmByContent: true,
  getStoredFilm: true,
  getFilm: true,
  listStudies: true,
  openStudy: true,
  listWaitingFilms: true,
  setFilmStatus: true,
  setOriginalPresent: true,
  recordFailedFile: true,
  listFailedFiles: true,
  forgetFailedFile: true,
  dismissFailedFile: true,
  storePrediction: true,
  getAttentionMaps: true,
  reprioritise: true,
  reviewFilm: true,
  markReviewed: true,
  listReaders: true,
  listReviews: true,
  notePixels: true,
  listPixels: true,
  forgetPixels: true,
  saveTask: true,
  listTasks: true,
  closeAbandonedTasks: true,
  getSettings: true,
  updateSettings: true,
  getFact: true,
  setFact: true,
  dataVersion: true,
  close: true,
};
export const DATABASE_REQUESTS = Object.keys(requests) as readonly (keyof DatabaseProtocol)[];
