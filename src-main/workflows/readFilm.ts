/** One file → what Hilum says of it: decoded, judged where the model may judge it, and reported either way. */
import { DEFAULT_AGE_RANGE_YEARS, isCalibrated } from '#main/contract/card';
import { AppError, toErrorBody, type ErrorBody, type ErrorCode } from '#main/contract/errors';
import type { DecodedFilm, FilmFacts } from '#main/contract/film';
import type { DecodePool } from '#main/decoding/host/decodePool';
import type { DecodeReply, DecodeRequest } from '#main/decoding/protocol/protocol';
import { analyseFilm, answeredFor, type FilmReader, type JudgedFilm, type Override } from './analyseFilm';
import type { FoundFile } from './collectFiles';
import { refusalStatus, reportJudged, reportProblem, type FilmReport, type ReportedModel } from './filmReport';

export type FilmReading = {
  readonly found: FoundFile;
  readonly report: FilmReport;
  /** Why it has no numbers; null where it has. */
  readonly problem: ErrorBody | null;
  /** Null where the file could not be read. */
  readonly film: DecodedFilm | null;
  /** Null unless the report's status is `ok`. */
  readonly judged: JudgedFilm | null;
};

/** What the engine may say of the film at hand after it was tried twice: the work goes on without it. */
const OF_THE_FILM: ReadonlySet<ErrorCode> = new Set(['engine/crashed', 'engine/out-of-memory']);
/** What decoding may say that is not about the file. */
const OF_THE_WORK: ReadonlySet<ErrorCode> = new Set(['task/cancelled', 'disk/full']);

/** Asks for what the network needs of a film and nothing else; callers add what they want besides. */
export function decodeRequest(reader: Pick<FilmReader, 'card'>, source: DecodeRequest['source']): DecodeRequest {
  return {
    source,
    input: reader.card.input,
    ...{ pixelsTo: null, thumbnailTo: null, render: null, pgmTo: null, md5: false, override: null },
    ageRangeYears: reader.card.ageRangeYears ?? DEFAULT_AGE_RANGE_YEARS,
  };
}

export type ReadOptions = {
  readonly maps: boolean;
  /** A refusal of that code does not count: somebody answers for it. */
  readonly override?: Override | null | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** Throws only what ends the whole work: cancelling, a full disk, no engine, no model. */
export async function readFilm(
  decoder: DecodePool,
  reader: FilmReader,
  found: FoundFile,
  options: ReadOptions,
): Promise<FilmReading> {
  const model = reportedModel(reader);
  const { file, source } = found;
  const { override = null } = options;
  if (found.problem !== null) return unread(found, found.problem, UNKNOWN, model);
  let reply: DecodeReply;
  try {
    reply = await decoder.decode(
      { ...decodeRequest(reader, source), override: override?.code ?? null },
      options.signal,
    );
  } catch (error) {
    const problem = toErrorBody(error);
    if (OF_THE_WORK.has(problem.code)) throw error;
    return unread(found, problem, await describeOrNothing(decoder, found), model);
  }
  const { film, input } = reply;
  const about = { file, film, fileSha256: film.contentSha256, model };
  // The decode process makes no input of a film that may not be judged, unless this very refusal is overridden.
  if (input === null) {
    const problem = film.refusal ?? toErrorBody(new AppError('internal/unexpected', 'The film was not prepared.'));
    const status = film.refusal === null ? 'failed' : refusalStatus(film.refusal);
    return { found, film, judged: null, problem, report: reportProblem({ ...about, status, problem }) };
  }
  try {
    const judged = await analyseFilm(reader, input, { ...options, view: film.facts.view });
    return {
      found,
      film,
      judged,
      problem: null,
      report: reportJudged({
        ...{ ...about, ...judged },
        override: film.refusal === null || override === null ? '' : showOverride(answeredFor(film.refusal, override)),
      }),
    };
  } catch (error) {
    if (!isOfTheFilm(error)) throw error;
    const problem = toErrorBody(error);
    return { found, film, judged: null, problem, report: reportProblem({ ...about, status: 'failed', problem }) };
  }
}

function showOverride({ code, reason }: Override): string {
  return `${code}: ${reason}`;
}

export function isOfTheFilm(error: unknown): boolean {
  return OF_THE_FILM.has(toErrorBody(error).code);
}

type Described = { readonly fileSha256: string; readonly facts: FilmFacts | null };

const UNKNOWN: Described = { fileSha256: '', facts: null };

function unread(found: FoundFile, problem: ErrorBody, described: Described, model: ReportedModel): FilmReading {
  const report = reportProblem({ file: found.file, status: 'failed', problem, film: null, ...described, model });
  return { found, report, problem, film: null, judged: null };
}

/** A file that can't be decoded has bytes and often a header all the same, unless it can't be opened either. */
async function describeOrNothing(decoder: DecodePool, { source }: FoundFile): Promise<Described> {
  try {
    const { contentSha256, facts } = await decoder.describe(source);
    return { fileSha256: contentSha256, facts };
  } catch {
    return UNKNOWN;
  }
}

/** What of a model stands in every row, whether or not it judged the film. */
export function reportedModel({ card, receipt }: FilmReader): ReportedModel {
  return {
    id: card.id,
    version: card.version,
    weightsSha256: receipt.weightsSha256,
    cutoffSet: receipt.cutoffSet,
    calibrated: isCalibrated(card),
    preprocessing: receipt.preprocessing,
  };
}
