/**
 * A folder of films → one file of 256-pixel greys that training reads (see filmStore). Every film is decoded once, by
 * the decode processes; a second call reads no film whose file is as it was, and one that was cut off goes on. What
 * may not be judged is refused here as it is in reading, and told of.
 */
import { stat } from 'node:fs/promises';
import { systemPath } from '#main/channel/systemPath';
import type { FilmNames } from '#main/chexnet/dataset/joinLabels';
import { AppError, cancelled, toErrorBody, type ErrorBody, type ErrorCode } from '#main/contract/errors';
import type { FilmFacts } from '#main/contract/film';
import type { DecodePool } from '#main/decoding/host/decodePool';
import type { DecodeRequest } from '#main/decoding/protocol/protocol';
import { CACHED_SIDE } from '#main/engine/protocol/trainingProtocol';
import { collectFiles, type FoundFile } from '../collectFiles';
import { mapConcurrently } from '../mapConcurrently';
import type { TaskReporter } from '../taskList';
import { openFilmStore, type FilmStore, type StoredFile } from './filmStore';
import { lockFilmCache, makeRoomForFilms, filmCacheFolder } from './filmCacheSpace';

export type CacheFilmsOptions = {
  readonly home: string;
  readonly decoder: DecodePool;
  /** Decode processes at work. */
  readonly jobs: number;
  readonly paths: readonly string[];
  /** Ages that the model may judge, closed range. */
  readonly ageRangeYears: readonly [number, number];
  /** Files for which this is false are not looked at: a table does not name them. */
  readonly wants?: (file: string) => boolean;
  readonly reporter: Pick<TaskReporter, 'signal' | 'total' | 'phase' | 'finished'>;
};

export type CachedFilm = FilmNames & {
  /** Number of the film in the file of pixels. */
  readonly place: number;
  readonly contentSha256: string;
  /** 16 hex digits. */
  readonly fingerprint: string;
  /** What the header says; '' and null where it is silent. */
  readonly patientId: string;
  readonly sex: string;
  readonly ageYears: number | null;
  readonly view: string;
};

export type LeftOutFile = FilmNames & { readonly code: ErrorCode; readonly reason: string };

export type CachedFilms = {
  /** CACHED_BYTES a film, by place. Its name changes whenever places do. */
  readonly pixelsFile: string;
  /** By file name, in order. */
  readonly films: readonly CachedFilm[];
  /** Refused or unreadable, by file name, in order. */
  readonly leftOut: readonly LeftOutFile[];
  /** Files that were not looked at: see `wants`. */
  readonly unwanted: readonly string[];
};

/** What decoding may say that is not about the file. */
const OF_THE_WORK: ReadonlySet<ErrorCode> = new Set(['task/cancelled', 'disk/full', 'file/unwritable']);

/** Throws `task/cancelled`, `disk/full`, `file/unwritable`; what is wrong with single files is in the result. */
export async function cacheFilms(options: CacheFilmsOptions): Promise<CachedFilms> {
  const { home, paths, ageRangeYears, reporter, jobs } = options;
  const folder = await filmCacheFolder(home, paths, ageRangeYears);
  const unlock = await lockFilmCache(folder, reporter.signal);
  try {
    reporter.phase('Counting films');
    const { count, unwanted } = await countWanted(options);
    reporter.total(count);
    const store = await openFilmStore(folder);
    try {
      await makeRoomForFilms(home, folder, count);
      reporter.phase('Preparing films');
      const wanted = wantedFiles(options, () => undefined);
      const work = mapConcurrently(wanted, jobs * 2, (found) => prepare(options, store, found));
      return { ...(await collect(store, work, reporter)), unwanted };
    } finally {
      await store.close();
    }
  } finally {
    await unlock();
  }
}

async function* wantedFiles(
  { decoder, paths, wants, reporter }: CacheFilmsOptions,
  passOver: (file: string) => void,
): AsyncGenerator<FoundFile> {
  const { signal } = reporter;
  const listArchive = (path: string): Promise<readonly string[]> => decoder.listArchive(path, signal);
  for await (const found of collectFiles(paths, listArchive, signal)) {
    // What can not be listed, or is not there at all, is told of whatever it is called.
    if (wants === undefined || found.problem !== null || wants(found.file)) yield found;
    else passOver(found.file);
  }
}

async function countWanted(options: CacheFilmsOptions): Promise<{ count: number; unwanted: string[] }> {
  const unwanted: string[] = [];
  const files = wantedFiles(options, (file) => unwanted.push(file));
  let count = 0;
  while ((await files.next()).done !== true) count++;
  return { count, unwanted };
}

/** A file as the store is to know it, or why it can not be read; `pixels` only of films that are new to the store. */
type Prepared = { readonly found: FoundFile } & (
  | { readonly stored: StoredFile; readonly pixels: Uint8Array | null; readonly isNew: boolean }
  | { readonly problem: ErrorBody }
);

async function prepare(options: CacheFilmsOptions, store: FilmStore, found: FoundFile): Promise<Prepared> {
  if (options.reporter.signal.aborted) throw cancelled();
  if (found.problem !== null) return { found, problem: found.problem };
  const { path, entry } = found.source;
  try {
    const { size: bytes, mtimeMs: modifiedMs } = await stat(systemPath(path));
    const known = store.find(path, entry);
    if (known?.bytes === bytes && known.modifiedMs === modifiedMs) {
      return { found, stored: known, pixels: null, isNew: false };
    }
    const about = { path, entry, bytes, modifiedMs };
    const same = await findSameContent(options, store, found);
    if (same !== null) return { found, stored: { ...same, ...about }, pixels: null, isNew: true };
    return { found, ...(await decode(options, found, about)), isNew: true };
  } catch (error) {
    const problem = toErrorBody(error);
    if (OF_THE_WORK.has(problem.code)) throw error;
    return { found, problem: systemProblem(error) ?? problem };
  }
}

/** A film that was renamed, moved or copied has been decoded under its other name. */
async function findSameContent(
  { decoder, reporter }: CacheFilmsOptions,
  store: FilmStore,
  found: FoundFile,
): Promise<StoredFile | null> {
  if (!store.isContinued) return null;
  const { contentSha256 } = await decoder.digest(found.source, null, reporter.signal);
  return store.findContent(contentSha256);
}

type About = Pick<StoredFile, 'path' | 'entry' | 'bytes' | 'modifiedMs'>;

async function decode(
  { decoder, ageRangeYears, reporter }: CacheFilmsOptions,
  found: FoundFile,
  about: About,
): Promise<{ stored: StoredFile; pixels: Uint8Array | null }> {
  const request: DecodeRequest = {
    source: found.source,
    input: { resize: 'pillow-bilinear', size: CACHED_SIDE },
    ...{ pixelsTo: null, thumbnailTo: null, render: null, pgmTo: null, md5: false, override: null },
    ageRangeYears,
  };
  const { film, input } = await decoder.decode(request, reporter.signal);
  const { contentSha256, fingerprint, facts, refusal } = film;
  const pixels = input?.[0]?.pixels ?? null;
  if (pixels !== null && !(pixels instanceof Uint8Array)) {
    throw new AppError('internal/unexpected', 'A cached film is not made of bytes.');
  }
  return {
    stored: {
      ...{ ...about, contentSha256, fingerprint, place: null },
      refusal: refusal === null ? null : { code: refusal.code, message: refusal.message },
      ...headerOf(facts),
    },
    pixels,
  };
}

function headerOf(facts: FilmFacts) {
  return {
    patientId: facts.patientId,
    sex: facts.patientSex,
    ageYears: facts.patientAgeYears,
    view: facts.view,
    instanceUid: facts.instanceUid,
    studyUid: facts.studyUid,
    accessionNumber: facts.accessionNumber,
  };
}

function systemProblem(error: unknown): ErrorBody | null {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOENT' && code !== 'EACCES' && code !== 'EPERM') return null;
  const body =
    code === 'ENOENT' ? (['file/vanished', 'is gone'] as const) : (['file/unreadable', 'is locked'] as const);
  return { code: body[0], message: `The file ${body[1]}.`, details: {} };
}

async function collect(
  store: FilmStore,
  work: AsyncIterable<Prepared>,
  reporter: CacheFilmsOptions['reporter'],
): Promise<Omit<CachedFilms, 'unwanted'>> {
  const films: CachedFilm[] = [];
  const leftOut: LeftOutFile[] = [];
  for await (const prepared of work) {
    const { file } = prepared.found;
    if ('problem' in prepared) {
      const { code, message: reason } = prepared.problem;
      leftOut.push({ ...NAMELESS, file, code, reason });
      reporter.finished('failed');
      continue;
    }
    const { isNew, pixels } = prepared;
    const stored = isNew ? await keep(store, prepared.stored, pixels) : prepared.stored;
    if (stored.refusal !== null) {
      const { code, message: reason } = stored.refusal;
      leftOut.push({ ...namesOf(file, stored), code: code as ErrorCode, reason });
    } else if (stored.place !== null) films.push(describe(file, stored, stored.place));
    reporter.finished(stored.refusal !== null ? 'refused' : isNew ? 'ok' : 'known');
  }
  await store.flush();
  return { pixelsFile: store.pixelsFile, films: films.sort(byFile), leftOut: leftOut.sort(byFile) };
}

/** Two files of the same bytes that are decoded at once are still one film. */
async function keep(store: FilmStore, stored: StoredFile, pixels: Uint8Array | null): Promise<StoredFile> {
  const same = store.findContent(stored.contentSha256);
  return same === null ? store.add(stored, pixels) : store.add({ ...stored, place: same.place }, null);
}

function describe(file: string, stored: StoredFile, place: number): CachedFilm {
  const { contentSha256, fingerprint, patientId, sex, ageYears, view } = stored;
  return { ...namesOf(file, stored), ...{ place, contentSha256, fingerprint, patientId, sex, ageYears, view } };
}

/** A file that could not be read says nothing of itself. */
export const NAMELESS: Omit<FilmNames, 'file'> = { instanceUid: '', studyUid: '', accessionNumber: '' };

function namesOf(file: string, { instanceUid, studyUid, accessionNumber }: Omit<FilmNames, 'file'>): FilmNames {
  return { file, instanceUid, studyUid, accessionNumber };
}

function byFile(one: { readonly file: string }, other: { readonly file: string }): number {
  return one.file < other.file ? -1 : one.file > other.file ? 1 : 0;
}
