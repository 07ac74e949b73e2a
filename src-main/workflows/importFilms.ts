/**
 * Brings files into the worklist: hash → known? → decode → rows → judged. A film is kept from the moment its row is
 * written: where the work is cut off after that, it waits, and is judged at the next start. The same bytes are one
 * film, however often and from wherever they come. One bad file never stops the others, and without an engine the
 * films are there to be looked at all the same.
 */
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { toErrorBody, type ErrorBody } from '#main/contract/errors';
import type { DecodedFilm } from '#main/contract/film';
import type { FilmId } from '#main/contract/ids';
import type { NetworkFilm } from '#main/contract/networkFilm';
import type { FilmOrigin } from '#main/database/databaseApi';
import { homePaths } from '#main/database/homeFolder';
import type { FilmReader } from './analyseFilm';
import { endsTheWork, isWithoutEngine, judgeImported } from './analyseWaitingFilms';
import { collectFiles, type FoundFile } from './collectFiles';
import { countFiles } from './countFiles';
import { refusalStatus } from './filmReport';
import { mapConcurrently } from './mapConcurrently';
import type { Workplace } from './openWorkplace';
import { originalPresent } from './originalPresent';
import { decodeRequest } from './readFilm';
import { recordFailed } from './storeReading';
import type { TaskCounts, TaskReporter } from './taskList';

/** Films in hand beyond those being decoded: they wait for the disk, to which each row is written through, or the network. */
const WAITING = 8;

type Import = {
  readonly workplace: Workplace;
  readonly reader: FilmReader;
  readonly signal: AbortSignal;
  readonly leaves: (path: string) => boolean;
  /** Why the engine can't be used, once that is known: from then on films wait. */
  engineProblem: Error | null;
};

/** What became of one file. */
export type ImportedFile = {
  readonly found: FoundFile;
  readonly end: keyof TaskCounts;
  /** Null where the file could not be read. */
  readonly filmId: FilmId | null;
  /** Why it could not be read. */
  readonly problem: ErrorBody | null;
};

export type ImportOptions = {
  readonly onFile?: (file: ImportedFile) => void;
  /**
   * Asked of a file that can't be read, or whose film lacks a part: whether it is left, as if nobody had named it, for
   * it may not be all there yet. What an archive holds was whole before it was packed.
   */
  readonly leaves?: (path: string) => boolean;
};

/** Throws what ended the work, else what kept the engine from judging the films that were imported. */
export async function importFilms(
  workplace: Workplace,
  reader: FilmReader,
  paths: readonly string[],
  reporter: TaskReporter,
  { onFile, leaves = () => false }: ImportOptions = {},
): Promise<void> {
  const { signal } = reporter;
  const work: Import = { workplace, reader, signal, leaves, engineProblem: null };
  const listArchive = (path: string): Promise<readonly string[]> => workplace.decoder.listArchive(path, signal);
  reporter.phase('Reading films');
  const counting = countFiles(paths, listArchive, signal).then((count) => reporter.total(count));
  const files = collectFiles(paths, listArchive, signal);
  for await (const file of mapConcurrently(files, workplace.jobs + WAITING, (found) => importFile(work, found))) {
    if (file === null) continue;
    reporter.finished(file.end);
    onFile?.(file);
  }
  await counting;
  if (work.engineProblem !== null) throw work.engineProblem;
}

/** Null where the file is left. */
async function importFile(work: Import, found: FoundFile): Promise<ImportedFile | null> {
  const { database, decoder } = work.workplace;
  const { source, problem } = found;
  try {
    if (problem !== null) return await fail(work, found, problem);
    const { contentSha256 } = await decoder.digest(source, null, work.signal);
    const known = await database.findFilmByContent({ contentSha256 });
    if (known === null) return await importNew(work, found, contentSha256);
    const { filmId } = known;
    if (await originalPresent(known.origin)) {
      await database.forgetFailedFile(source);
      return { found, end: 'known', filmId, problem: null };
    }
    // Its bytes are here again: this place becomes the film's.
    await database.setOriginalPresent({ filmId, present: false });
    return await importNew(work, found, contentSha256);
  } catch (error) {
    if (endsTheWork(error)) throw error;
    return fail(work, found, toErrorBody(error));
  }
}

async function fail(work: Import, found: FoundFile, problem: ErrorBody): Promise<ImportedFile | null> {
  if (isLeft(work, found)) return null;
  await recordFailed(work.workplace.database, found, problem);
  return { found, end: 'failed', filmId: null, problem };
}

function isLeft({ leaves }: Import, { source: { path, entry } }: FoundFile): boolean {
  return entry === null && leaves(path);
}

async function importNew(work: Import, found: FoundFile, contentSha256: string): Promise<ImportedFile | null> {
  const { workplace, reader, signal } = work;
  const { database, decoder, pixels } = workplace;
  const origin = await keepOriginal(work, found, contentSha256);
  const { film, input } = await decoder.decode(
    {
      ...decodeRequest(reader, { path: origin.path, entry: origin.entry }),
      pixelsTo: pixels.pathFor(contentSha256),
      thumbnailTo: pixels.thumbnailPathFor(contentSha256),
    },
    signal,
  );
  await pixels.note(contentSha256);
  if (film.warnings.some(({ code }) => code === 'incomplete') && isLeft(work, found)) return null;
  const { filmId, created } = await database.importFilm({ film, origin });
  if (origin.kept === 'copy') await database.forgetFailedFile(found.source);
  const end = created ? await judge(work, filmId, film, input) : 'known';
  return { found, end, filmId, problem: null };
}

async function judge(
  work: Import,
  filmId: FilmId,
  { refusal, facts: { view } }: DecodedFilm,
  input: NetworkFilm | null,
): Promise<keyof TaskCounts> {
  // Nobody expects a score for a lateral: it is imported, and that is all.
  if (refusal !== null) return refusalStatus(refusal) === 'not_scored' ? 'ok' : 'refused';
  if (input === null) return 'refused';
  if (work.engineProblem !== null) return 'ok';
  try {
    return await judgeImported(work.workplace, work.reader, { filmId, input, view }, work.signal);
  } catch (error) {
    if (!isWithoutEngine(error)) throw error;
    work.engineProblem = error as Error;
    return 'ok';
  }
}

/**
 * A film out of an archive is copied to HILUM_HOME: archives are sent, opened once and deleted.
 */
async function keepOriginal(work: Import, found: FoundFile, contentSha256: string): Promise<FilmOrigin> {
  const { path: archive, entry } = found.source;
  if (entry === null) return { path: archive, entry, kept: 'reference' };
  const path = join(homePaths(work.workplace.home).filmsFolder, contentSha256, storableName(entry));
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await work.workplace.decoder.digest(found.source, path, work.signal);
  return { path, entry: null, kept: 'copy' };
}

/** What some file system does not take, and the backslash that could stand for a byte of a path (systemPath). */
const UNSTORABLE = /[\u0000-\u001f\\:*?"<>|]/g;
/** A name has at most 255 bytes, a character at most three for each unit. */
const LONGEST_NAME = 80;

/** The end of an entry's name, by which a person knows it, as every system can keep it. */
function storableName(entry: string): string {
  return basename(entry).replaceAll(UNSTORABLE, '_').slice(-LONGEST_NAME);
}
