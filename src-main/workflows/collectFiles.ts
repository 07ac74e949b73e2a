/**
 * Every file behind the paths that a person named: files, folders (with all below them), ZIP archives, DICOMDIRs.
 * Streams, so that a folder of a million films starts at once. Left out: dot files, `__MACOSX`, the DICOMDIR itself:
 * its files are found by walking the folder it lies in, and those that it names and that are not there are told of.
 * A path that can't be followed is yielded with its problem: nothing that was named vanishes without a word.
 */
import type { Stats } from 'node:fs';
import { open, realpath, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve, sep } from 'node:path';
import { keptBytes, keptText, systemPath } from '#main/channel/systemPath';
import { AppError, cancelled, toErrorBody, type ErrorBody } from '#main/contract/errors';
import type { FilmSource } from '#main/decoding/protocol/protocol';
import { isDicomdir } from '#main/imaging/dicom/readDicomdir';
import { missingFiles } from './followDicomdir';
import { listFolder } from './listFolder';

export type FoundFile = {
  /** As named or met; `archive.zip/entry` for an entry. */
  readonly file: string;
  readonly source: FilmSource;
  readonly problem: ErrorBody | null;
};

/** Names of the regular files in an archive, or of what a DICOMDIR refers to, as `DecodePool.listArchive`. */
export type ListArchive = (path: string, signal?: AbortSignal) => Promise<readonly string[]>;

/** What a terminal or a dialog makes of bytes that are no UTF-8. */
const REPLACEMENT = '\ufffd';

type Walk = {
  readonly listArchive: ListArchive;
  readonly signal: AbortSignal | undefined;
  /** Folders entered, by real path: ends the loops of symbolic links, and keeps a folder from being read twice. */
  readonly folders: Set<string>;
  /** DICOMDIRs followed, by real path. */
  readonly dicomdirs: Set<string>;
  /** Files, by real path, that are not to be met: what is named itself, and what this very work writes. */
  readonly passedOver: ReadonlySet<string>;
  /** What was named and has been yielded, by real path. */
  readonly done: Set<string>;
};

/** `leaveOut` names files that are not yielded, such as the table that is being written into the folder. */
export async function* collectFiles(
  paths: readonly string[],
  listArchive: ListArchive,
  signal?: AbortSignal,
  leaveOut: readonly string[] = [],
): AsyncGenerator<FoundFile> {
  const done = new Set<string>();
  for (const path of leaveOut) done.add(await keyOf(keptText(path)));
  const passedOver = new Set(done);
  const named: string[] = [];
  for (const path of paths) named.push(...(await meantBy(path)));
  // A film that is named and lies in a folder or an archive that is named too is yielded once, in its own place.
  for (const path of named) passedOver.add(await keyOfNamed(path));
  const walk: Walk = { listArchive, signal, folders: new Set(), dicomdirs: new Set(), passedOver, done };
  for (const path of named) yield* followNamed(path, walk);
}

/**
 * The paths, as Hilum keeps them, that somebody may have meant: what is there by that very name; else what tables name
 * so; else all whose names are no UTF-8 and look like it.
 */
export async function meantBy(path: string): Promise<string[]> {
  const kept = keptText(path);
  if (kept === path && !path.includes(REPLACEMENT)) return [path];
  if (!((await statOf(kept)) instanceof AppError)) return [kept];
  if (!path.includes(REPLACEMENT)) return [path];
  let paths = [''];
  for (const [index, part] of path.split('/').entries()) {
    const next: string[] = [];
    for (const folder of paths) {
      const before = index === 0 ? '' : `${folder}/`;
      if (!part.includes(REPLACEMENT)) next.push(before + part);
      else for (const name of await lookAlikes(before === '' ? '.' : before, part)) next.push(before + name);
    }
    paths = next;
  }
  return paths.length > 0 ? paths : [kept];
}

async function lookAlikes(folder: string, name: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of listFolder(folder)) {
      if (systemPath(entry.name).toString() === name) names.push(entry.name);
    }
  } catch {
    // No such folder: then nothing is meant.
  }
  return names.sort();
}

async function* followNamed(path: string, walk: Walk): AsyncGenerator<FoundFile> {
  const status = await statOf(path);
  if (status instanceof AppError || status.isFile()) {
    const key = await keyOfNamed(path);
    if (walk.done.has(key)) return;
    walk.done.add(key);
  }
  if (status instanceof AppError) {
    const entry = await archiveEntry(path);
    yield entry ?? found(path, status);
    return;
  }
  if (status.isDirectory()) {
    yield* followFolder(path, walk);
    return;
  }
  if (!status.isFile()) {
    yield found(path, new AppError('file/unreadable', 'This is neither a file nor a folder.'));
    return;
  }
  if (isDicomdir(basename(path))) {
    yield* followDicomdir(path, await keyOf(path), walk, true);
    yield* followFolder(dirname(path), walk);
    return;
  }
  yield* followFile(path, await keyOf(path), walk);
}

/** The same for every way to name a file; of a file that is not there yet too. */
async function keyOf(path: string): Promise<string> {
  const real = await realPath(path).catch(() => null);
  if (real !== null) return real;
  const folder = await realPath(dirname(resolve(path))).catch(() => null);
  return folder === null ? resolve(path) : join(folder, basename(path));
}

async function realPath(path: string): Promise<string> {
  return keptBytes(await realpath(systemPath(path), { encoding: 'buffer' }));
}

async function keyOfNamed(path: string): Promise<string> {
  const entry = (await statOf(path)) instanceof AppError ? await archiveEntry(path) : null;
  return entry === null ? keyOf(path) : entryKey(await keyOf(entry.source.path), entry.source.entry ?? '');
}

function entryKey(archiveKey: string, entry: string): string {
  return `${archiveKey}/${entry}`;
}

async function* followFolder(path: string, walk: Walk): AsyncGenerator<FoundFile> {
  try {
    const key = await realPath(path);
    if (walk.folders.has(key)) return;
    walk.folders.add(key);
    for await (const entry of listFolder(path)) {
      if (walk.signal?.aborted) throw cancelled();
      if (isLeftOut(entry.name)) continue;
      if (entry.kind === 'folder') yield* followFolder(entry.path, walk);
      else if (entry.kind === 'file') yield* followMet(entry.path, join(key, entry.name), walk);
      else if (entry.kind === 'link') yield* followLink(entry.path, walk);
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    yield found(path, readProblem(error));
  }
}

async function* followLink(path: string, walk: Walk): AsyncGenerator<FoundFile> {
  const status = await statOf(path);
  if (status instanceof AppError) yield found(path, status);
  else if (status.isDirectory()) yield* followFolder(path, walk);
  else if (status.isFile()) yield* followMet(path, await keyOf(path), walk);
}

async function* followMet(path: string, key: string, walk: Walk): AsyncGenerator<FoundFile> {
  if (isDicomdir(basename(path))) yield* followDicomdir(path, key, walk, false);
  else if (!walk.passedOver.has(key)) yield* followFile(path, key, walk);
}

/** One that can't be read is no loss where it was only met: the walk finds what is there. */
async function* followDicomdir(path: string, key: string, walk: Walk, isNamed: boolean): AsyncGenerator<FoundFile> {
  if (walk.dicomdirs.has(key)) return;
  walk.dicomdirs.add(key);
  let names: readonly string[];
  try {
    names = await walk.listArchive(path, walk.signal);
  } catch (error) {
    const problem = toErrorBody(error);
    if (problem.code === 'task/cancelled') throw error;
    if (isNamed) yield { file: path, source: { path, entry: null }, problem };
    return;
  }
  for await (const { file, isUnsafe } of missingFiles(path, names)) {
    const named = isUnsafe
      ? new AppError('archive/unsafe-path', 'The DICOMDIR names a file outside of its folder.')
      : new AppError('file/not-found', 'The DICOMDIR names this file, and it is not there.');
    yield found(file, named);
  }
}

async function* followFile(path: string, key: string, walk: Walk): AsyncGenerator<FoundFile> {
  if (!(await isArchive(path))) {
    yield found(path);
    return;
  }
  let names: readonly string[];
  try {
    names = await walk.listArchive(path, walk.signal);
  } catch (error) {
    const body = toErrorBody(error);
    if (body.code === 'task/cancelled') throw error;
    yield { file: path, source: { path, entry: null }, problem: body };
    return;
  }
  if (names.length === 0) yield found(path, new AppError('file/empty', 'The archive holds no files.'));
  const met = new Set<string>();
  for (const name of names) {
    const parts = name.split('/');
    if (parts.some(isLeftOut) || isDicomdir(parts.at(-1) ?? '') || walk.passedOver.has(entryKey(key, name))) continue;
    yield { file: `${path}/${name}`, source: { path, entry: name }, problem: met.has(name) ? secondOfName() : null };
    met.add(name);
  }
}

/** An entry is read by its name, which brings the first. */
function secondOfName(): ErrorBody {
  const message = 'The archive holds two files of this name; only the first can be read.';
  return toErrorBody(new AppError('archive/malformed', message));
}

/** `..` is no dot file: an entry that points out of its archive is refused with a word, not passed over. */
function isLeftOut(name: string): boolean {
  return (name.startsWith('.') && name !== '.' && name !== '..') || name === '__MACOSX';
}

/**
 * An archive is named `.zip`, or has no extension and begins as one. Other names are left alone: an office document
 * is a ZIP file too, and is one file to the person who keeps it. Before a named one a program may lie that unpacks it.
 */
async function isArchive(path: string): Promise<boolean> {
  const extension = extname(path).toLowerCase();
  if (extension !== '.zip' && extension !== '') return false;
  try {
    const file = await open(systemPath(path), 'r');
    try {
      const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
      if (['PK\x03\x04', 'PK\x05\x06'].includes(buffer.toString('latin1'))) return true;
      return extension === '.zip' && (await endsAsArchive(file));
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}

/** An archive's last record is of 22 bytes and a comment. */
const LONGEST_ARCHIVE_END = 22 + 65_535;

async function endsAsArchive(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  const length = Math.min(size, LONGEST_ARCHIVE_END);
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
  return buffer.includes('PK\x05\x06', 0, 'latin1');
}

/** `folder/archive.zip/entry`, as tables name an entry, is found again by that name. */
async function archiveEntry(path: string): Promise<FoundFile | null> {
  const parts = path.split(sep === '/' ? '/' : /[/\\]/);
  for (let count = parts.length - 1; count > 0; count--) {
    const archive = parts.slice(0, count).join(sep);
    const status = archive === '' ? null : await statOf(archive);
    if (status === null || status instanceof AppError || !status.isFile()) continue;
    if (!(await isArchive(archive))) return null;
    return { file: path, source: { path: archive, entry: parts.slice(count).join('/') }, problem: null };
  }
  return null;
}

function found(path: string, problem: AppError | null = null): FoundFile {
  return { file: path, source: { path, entry: null }, problem: problem === null ? null : toErrorBody(problem) };
}

async function statOf(path: string): Promise<Stats | AppError> {
  try {
    return await stat(systemPath(path));
  } catch (error) {
    return readProblem(error);
  }
}

function readProblem(error: unknown): AppError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'ENOENT' || code === 'ENOTDIR') return new AppError('file/not-found', 'There is no such file.');
  if (code === 'ELOOP') return new AppError('file/unreadable', 'This is a symbolic link that leads to itself.');
  return new AppError('file/unreadable', 'The file or folder could not be read.', { system: code });
}
