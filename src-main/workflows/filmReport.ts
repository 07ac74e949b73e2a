/**
 * What Hilum says of one file: the line of `analyse --json`, of `triage --json` and of the journal that a triage
 * resumes from. Plain JSON; probabilities as every file and screen prints them (6 decimals).
 */
import * as v from 'valibot';
import { CUTOFF_VIEWS, viewOfCutoffs, type FindingCutoff } from '#main/contract/cutoffs';
import { AppError, type ErrorBody } from '#main/contract/errors';
import type { DecodedFilm, FilmFacts } from '#main/contract/film';
import { isFlagged, printedProbability, type Priority } from '#main/contract/priority';
import { NOTICE, type Prediction } from '#main/contract/prediction';

export const REPORT_STATUSES = ['ok', 'not_scored', 'refused', 'failed'] as const;
export type ReportStatus = (typeof REPORT_STATUSES)[number];

const ReportedFilmSchema = v.object({
  patientId: v.string(),
  accessionNumber: v.string(),
  studyUid: v.string(),
  instanceUid: v.string(),
  studyDateTime: v.string(),
  view: v.string(),
  ageYears: v.nullable(v.number()),
  sex: v.string(),
  station: v.string(),
  manufacturerModel: v.string(),
  modality: v.string(),
  bodyPart: v.string(),
  /** '' and null where the picture could not be read. */
  format: v.string(),
  transferSyntax: v.string(),
  rows: v.nullable(v.number()),
  columns: v.nullable(v.number()),
});

const ReportedCutoffsSchema = v.object({
  /** Whose: those that AP or PA films have of their own; null = those common to all films. */
  view: v.nullable(v.picklist(CUTOFF_VIEWS)),
  /** By finding; null where it has none. */
  values: v.record(v.string(), v.nullable(v.number())),
  /** Where `view` has its own: the findings that are too rare in it, and take the common one. */
  common: v.array(v.string()),
});

export const FilmReportSchema = v.object({
  file: v.string(),
  status: v.picklist(REPORT_STATUSES),
  /** Why it has no numbers; '' where it has. */
  code: v.string(),
  reason: v.string(),
  /** Null where not even the header could be read. */
  film: v.nullable(ReportedFilmSchema),
  /** Null unless `ok`: a film that was not judged has no number anywhere. */
  probabilities: v.nullable(v.record(v.string(), v.number())),
  flagged: v.array(v.string()),
  /** What `flagged` was decided by; null unless `ok`. Journals of earlier versions do not say it. */
  cutoffs: v.optional(v.nullable(ReportedCutoffsSchema), null),
  priority: v.nullable(v.number()),
  priorityReason: v.string(),
  leadingFinding: v.nullable(v.string()),
  warnings: v.array(v.object({ code: v.string(), message: v.string() })),
  override: v.string(),
  model: v.object({
    id: v.string(),
    version: v.string(),
    weightsSha256: v.string(),
    cutoffSet: v.string(),
    calibrated: v.boolean(),
    preprocessing: v.string(),
  }),
  /** '' where no backend was asked. */
  backend: v.string(),
  milliseconds: v.nullable(v.number()),
  /** '' where the bytes could not be read. */
  fileSha256: v.string(),
  notice: v.string(),
});

export type FilmReport = v.InferOutput<typeof FilmReportSchema>;
export type ReportedModel = FilmReport['model'];

const NO_NUMBERS = {
  probabilities: null,
  flagged: [],
  cutoffs: null,
  priority: null,
  priorityReason: '',
  leadingFinding: null,
  override: '',
  backend: '',
  milliseconds: null,
} satisfies Partial<FilmReport>;

/** A lateral is the one film for which nobody expects a score; every other refusal waits for a human. */
export function refusalStatus(refusal: ErrorBody): 'not_scored' | 'refused' {
  return refusal.code === 'film/lateral' ? 'not_scored' : 'refused';
}

/** A file without numbers. `film` is null where it could not be read; then `facts` and `fileSha256` may be known. */
export function reportProblem(about: {
  readonly file: string;
  readonly status: Exclude<ReportStatus, 'ok'>;
  readonly problem: ErrorBody;
  readonly film: DecodedFilm | null;
  readonly facts?: FilmFacts | null;
  readonly fileSha256: string;
  readonly model: ReportedModel;
}): FilmReport {
  const { file, status, problem, film, facts = null, fileSha256, model } = about;
  const unread = { film: facts === null ? null : { ...describeFacts(facts), ...NO_PICTURE }, warnings: [], fileSha256 };
  const described = film === null ? unread : describeFilm(film);
  return {
    file,
    status,
    code: problem.code,
    reason: problem.message,
    ...described,
    ...NO_NUMBERS,
    model,
    notice: NOTICE,
  };
}

export function reportJudged(about: {
  readonly file: string;
  readonly film: DecodedFilm;
  readonly prediction: Prediction;
  readonly priority: Priority;
  readonly cutoffs: readonly FindingCutoff[];
  /** The refusal that was overridden and why; '' where none was. */
  readonly override: string;
  readonly model: ReportedModel;
}): FilmReport {
  const { file, film, prediction, priority, cutoffs, override, model } = about;
  const probabilities = Object.fromEntries(
    prediction.findings.map((finding, index) => [finding, printed(prediction.probabilities[index])]),
  );
  const flagged = cutoffs.filter(({ finding, cutoff }) => isFlagged(probabilities[finding] ?? 0, cutoff));
  return {
    ...{ file, status: 'ok', code: '', reason: '' },
    ...describeFilm(film),
    probabilities,
    flagged: flagged.map(({ finding }) => finding),
    cutoffs: describeCutoffs(cutoffs),
    priority: Number(priority.value.toFixed(6)),
    priorityReason: priority.reason,
    leadingFinding: priority.leadingFinding,
    override,
    model,
    backend: prediction.receipt.backend,
    milliseconds: Number(prediction.milliseconds.toFixed(1)),
    notice: NOTICE,
  };
}

function describeCutoffs(cutoffs: readonly FindingCutoff[]): FilmReport['cutoffs'] {
  const view = viewOfCutoffs(cutoffs);
  return {
    view,
    values: Object.fromEntries(cutoffs.map(({ finding, cutoff }) => [finding, cutoff])),
    common: cutoffs.flatMap((own) => (view !== null && own.view === null && own.cutoff !== null ? [own.finding] : [])),
  };
}

function printed(probability: number | undefined): number {
  if (probability === undefined) throw new AppError('internal/unexpected', 'The network gave too few numbers.');
  return Number(printedProbability(probability));
}

const NO_PICTURE = { format: '', transferSyntax: '', rows: null, columns: null } as const;

function describeFacts(facts: FilmFacts) {
  return {
    patientId: facts.patientId,
    accessionNumber: facts.accessionNumber,
    studyUid: facts.studyUid,
    instanceUid: facts.instanceUid,
    studyDateTime: facts.studyDateTime,
    view: facts.view,
    ageYears: facts.patientAgeYears,
    sex: facts.patientSex,
    station: facts.station,
    manufacturerModel: facts.manufacturerModel,
    modality: facts.modality,
    bodyPart: facts.bodyPart,
  };
}

function describeFilm(film: DecodedFilm): Pick<FilmReport, 'film' | 'warnings' | 'fileSha256'> {
  const { facts, encoding, geometry } = film;
  return {
    film: {
      ...describeFacts(facts),
      format: encoding.format,
      transferSyntax: encoding.transferSyntax,
      rows: geometry.rows,
      columns: geometry.columns,
    },
    warnings: film.warnings.map(({ code, message }) => ({ code, message })),
    fileSha256: film.contentSha256,
  };
}
