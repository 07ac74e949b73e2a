/** The reading list and its films, as the window shows them. */
import type { FindingCutoff } from './cutoffs';
import type { ErrorBody } from './errors';
import type { DecodedFilm, FilmFacts, FilmWarning, GreyDescription, PixelGeometry } from './film';
import type { FilmId, PredictionId, StudyId } from './ids';
import type { PredictionReceipt } from './prediction';
import type { FilmReview } from './review';

/** `ok` has numbers; `waiting` is not analysed yet; the others are those of the command line. */
export const FILM_STATUSES = ['waiting', 'ok', 'not_scored', 'refused', 'failed'] as const;
export type FilmStatus = (typeof FILM_STATUSES)[number];

export type StudyRow = {
  readonly id: StudyId;
  readonly patientId: string;
  readonly patientName: string;
  readonly patientBirthDate: string;
  readonly patientSex: string;
  readonly patientAgeYears: number | null;
  /** The same patient id came with another name, sex or birth date: kept apart and shown. */
  readonly patientConflict: boolean;
  readonly studyDateTime: string;
  readonly importedAt: string;
  readonly description: string;
  readonly accessionNumber: string;
  /** `PA`, `AP + LL`; 'view unknown' where headers are silent. */
  readonly views: string;
  readonly filmCount: number;
  readonly firstFilmId: FilmId;
  /** The film that needs a human first, else the one that has been judged. */
  readonly status: FilmStatus;
  /** Why there are no numbers, or why there are some though the model refuses the film; else ''. */
  readonly statusReason: string;
  readonly leadingFinding: string | null;
  readonly leadingProbability: number | null;
  /** Null where no film of the study has numbers. */
  readonly priority: number | null;
  readonly priorityReason: string;
  readonly openedAt: string | null;
  /** When a reader last said that it is done; null where nobody has, or a film came since. */
  readonly reviewedAt: string | null;
};

export type StudySort = 'priority' | 'time' | 'patient' | 'imported';

/** What a worklist can be narrowed to. `needs-human`: refused or failed, the group on top; `routine`: all the others. */
export const STUDY_FILTERS = [
  ...FILM_STATUSES,
  'all',
  'flagged',
  'unopened',
  'reviewed',
  'unreviewed',
  'needs-human',
  'routine',
] as const;
export type StudyFilter = (typeof STUDY_FILTERS)[number];

export type StudyQuery = {
  /** Words to be found in name, id, accession number or description; case is ignored. */
  readonly search: string;
  readonly status: StudyFilter;
  readonly sort: StudySort;
  readonly descending: boolean;
  readonly offset: number;
  readonly limit: number;
};

export type StudyPage = {
  readonly total: number;
  readonly rows: readonly StudyRow[];
};

/** A file that could not be read, kept until a person dismisses it. */
export type FailedFile = {
  readonly id: string;
  readonly path: string;
  readonly error: ErrorBody;
  readonly at: string;
};

export type FindingScore = FindingCutoff & { readonly probability: number; readonly flagged: boolean };

export type PredictionView = {
  readonly id: PredictionId;
  readonly scores: readonly FindingScore[];
  readonly priority: number;
  readonly leadingFinding: string | null;
  readonly priorityReason: string;
  readonly receipt: PredictionReceipt;
  readonly calibrated: boolean;
  readonly milliseconds: number;
  readonly madeAt: string;
  /** Set where a person overrode a refusal for this film. */
  readonly override: { readonly code: string; readonly reason: string } | null;
};

export type FilmView = {
  readonly id: FilmId;
  readonly studyId: StudyId;
  readonly fileName: string;
  /** The original is where it was; false = it has vanished, the cached pixels are shown while they last. */
  readonly originalPresent: boolean;
  readonly facts: FilmFacts;
  readonly geometry: PixelGeometry;
  readonly grey: GreyDescription;
  readonly encoding: DecodedFilm['encoding'];
  readonly warnings: readonly FilmWarning[];
  readonly status: FilmStatus;
  /** Why it is refused, failed or not scored. */
  readonly problem: ErrorBody | null;
  readonly prediction: PredictionView | null;
  /** Of the reader of now. */
  readonly review: FilmReview;
};

export type StudyView = { readonly row: StudyRow; readonly films: readonly FilmView[] };
