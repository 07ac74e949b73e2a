/**
 * Every way in which Hilum can fail, as one union of codes.
 * Codes cross processes and stand in files; message text is for people and is never matched.
 */
export const ERROR_CODES = [
  // files and folders
  'file/not-found',
  'file/unreadable',
  'file/unwritable',
  'file/empty',
  'file/too-large',
  'file/unknown-format',
  'file/vanished',
  'archive/malformed',
  'archive/unsafe-path',
  'archive/too-large',
  'archive/nested',
  // pictures and DICOM objects
  'image/malformed',
  'image/unsupported',
  'image/too-large',
  'dicom/malformed',
  'dicom/truncated',
  'dicom/no-pixels',
  'dicom/missing-attribute',
  'dicom/implausible-size',
  'dicom/unsupported-transfer-syntax',
  'dicom/unsupported-pixels',
  // the decode process
  'decode/failed',
  'decode/crashed',
  'decode/timeout',
  'decode/out-of-memory',
  // films that may be looked at, but that this model may not judge
  'film/lateral',
  'film/view-unsupported',
  'film/not-chest',
  'film/not-radiograph',
  'film/not-human',
  'film/age-out-of-range',
  'film/for-processing',
  'film/incomplete',
  'film/multi-frame',
  'film/duplicate',
  // engine and models
  'engine/unavailable',
  'engine/crashed',
  'engine/self-test-failed',
  'engine/out-of-memory',
  // the native pack of the engine
  'engine/download-failed',
  'engine/pack-damaged',
  'model/not-found',
  'model/invalid',
  'model/hash-mismatch',
  'model/unsupported',
  'model/not-accepted',
  // training
  'training/diverged',
  'training/impossible',
  'training/busy',
  // database
  'database/newer',
  'database/corrupt',
  'database/busy',
  'database/read-only',
  'database/crashed',
  'database/not-found',
  'disk/full',
  // settings
  'settings/invalid',
  // patients
  'patient/conflict',
  // tables of labels, and what is trained and measured with them
  'label/malformed',
  'label/unknown-format',
  'label/unknown-finding',
  'label/conflict',
  'label/no-match',
  'label/no-patient',
  'label/too-few',
  'label/leak',
  // contract and use
  'task/cancelled',
  'task/abandoned',
  'usage/invalid',
  'contract/invalid-argument',
  'contract/forbidden-sender',
  'internal/unexpected',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** What of an error crosses a process border or is written to a file. */
export type ErrorBody = {
  readonly code: ErrorCode;
  /** One sentence for people: what happened. Carries no patient data beyond what the caller named. */
  readonly message: string;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
};

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorBody['details'];

  constructor(code: ErrorCode, message: string, details: ErrorBody['details'] = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'AppError';
    this.code = code;
    this.details = details;
  }
}

/** Any thrown thing as a body. What is not an AppError is our fault: `internal/unexpected`. */
export function toErrorBody(error: unknown): ErrorBody {
  if (error instanceof AppError) return { code: error.code, message: error.message, details: error.details };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal/unexpected', message, details: {} };
}

/** The body of an error that came over a border, as an error again. */
export function fromErrorBody(body: ErrorBody): AppError {
  return new AppError(body.code, body.message, body.details);
}

export function isCancelled(error: unknown): boolean {
  return error instanceof AppError && error.code === 'task/cancelled';
}

export function cancelled(): AppError {
  return new AppError('task/cancelled', 'The work was cancelled.');
}
