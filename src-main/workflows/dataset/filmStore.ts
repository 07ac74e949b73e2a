/**
 * Films at 256 pixels in one file, as training reads them: a byte a pixel, film after film. Beside it a journal with a
 * line for each file: what it was, and which film of the store it became. A line is written once its pixels are on the
 * disk, so that a kill or a power cut at any moment costs the last few films and nothing else; what follows the
 * last whole line is made again.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { AppError } from '#main/contract/errors';
import { CACHED_SIDE } from '#main/engine/protocol/trainingProtocol';

export const CACHED_BYTES = CACHED_SIDE * CACHED_SIDE;

const StoredFileSchema = v.object({
  /** Path, and entry of the archive that the path then is. */
  path: v.string(),
  entry: v.nullable(v.string()),
  /** Of the file at `path`: while these stay the same its content is not read again. */
  bytes: v.number(),
  modifiedMs: v.number(),
  contentSha256: v.string(),
  /** Number of the film in the store; null where it may not be used. */
  place: v.nullable(v.number()),
  refusal: v.nullable(v.object({ code: v.string(), message: v.string() })),
  fingerprint: v.string(),
  /** What the header says; '' and null where it is silent. */
  patientId: v.string(),
  sex: v.string(),
  ageYears: v.nullable(v.number()),
  view: v.string(),
  instanceUid: v.string(),
  studyUid: v.string(),
  accessionNumber: v.string(),
});

/** Disk that so many films take, with their lines. */
export function cachedBytes(films: number): number {
  return films * (CACHED_BYTES + 1024);
}

export type StoredFile = v.InferOutput<typeof StoredFileSchema>;

export type FilmStore = {
  /** The films' pixels: CACHED_BYTES each, by their places. */
  readonly pixelsFile: string;
  /** It was begun before, and holds what was stored then. */
  readonly isContinued: boolean;
  /** What was stored of the file when it was seen last. */
  find(path: string, entry: string | null): StoredFile | null;
  /** Any file of these bytes. */
  findContent(contentSha256: string): StoredFile | null;
  /** `pixels` of a film that is new to the store; without them `place` is that of an earlier one, or null. */
  add(file: StoredFile, pixels: Uint8Array | null): Promise<StoredFile>;
  /** Everything is on the disk when this is done; it is done by itself every few films. */
  flush(): Promise<void>;
  close(): Promise<void>;
};

/** Lines that a kill may cost. */
const LINES_BETWEEN_FLUSHES = 64;
const JOURNAL = 'films.jsonl';
const PIXELS = '.u8';

/**
 * Made where it is missing. The name of the pixels' file is new each time that a store begins: places of one that was
 * removed can not be taken for places in its successor. Throws `disk/full`, `file/unwritable`.
 */
export async function openFilmStore(folder: string): Promise<FilmStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const journalFile = join(folder, JOURNAL);
  const before = await readJournal(journalFile);
  const kept = await findPixels(folder, before.files);
  // Pixels and journal are one: where one is damaged both begin again.
  const { files, length } = kept === null ? { files: [], length: 0 } : before;
  const pixelsFile = kept ?? (await beginPixels(folder));
  const pixels = await open(pixelsFile, 'r+');
  const journal = await open(journalFile, 'a', 0o600);
  await journal.truncate(length);
  const bySource = new Map(files.map((file) => [sourceKey(file.path, file.entry), file]));
  const byContent = new Map(files.map((file) => [file.contentSha256, file]));
  let films = countPlaces(files);
  let waiting: StoredFile[] = [];

  async function flush(): Promise<void> {
    if (waiting.length === 0) return;
    const lines = waiting.map((file) => `${JSON.stringify(file)}\n`).join('');
    waiting = [];
    await pixels.datasync();
    await journal.appendFile(lines);
    await journal.datasync();
  }

  return {
    pixelsFile,
    isContinued: files.length > 0,
    find: (path, entry) => bySource.get(sourceKey(path, entry)) ?? null,
    findContent: (contentSha256) => byContent.get(contentSha256) ?? null,
    add: (file, film) =>
      orDiskProblem(folder, async () => {
        const place = film === null ? file.place : films++;
        if (film !== null) await writeFilm(pixels, place!, film);
        const stored = { ...file, place };
        bySource.set(sourceKey(file.path, file.entry), stored);
        byContent.set(file.contentSha256, stored);
        waiting.push(stored);
        if (waiting.length >= LINES_BETWEEN_FLUSHES) await flush();
        return stored;
      }),
    flush: () => orDiskProblem(folder, flush),
    close: async () => {
      try {
        await orDiskProblem(folder, flush);
      } finally {
        await pixels.close();
        await journal.close();
      }
    },
  };
}

function sourceKey(path: string, entry: string | null): string {
  return entry === null ? path : `${path}\0${entry}`;
}

async function writeFilm(pixels: FileHandle, place: number, film: Uint8Array): Promise<void> {
  if (film.length !== CACHED_BYTES) throw new AppError('internal/unexpected', 'A film has a wrong number of pixels.');
  await pixels.write(film, 0, film.length, place * CACHED_BYTES);
}

function countPlaces(files: readonly StoredFile[]): number {
  return files.reduce((most, { place }) => Math.max(most, (place ?? -1) + 1), 0);
}

/** Lines up to the first that is not whole, and how many bytes they are. */
async function readJournal(file: string): Promise<{ files: StoredFile[]; length: number }> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const files: StoredFile[] = [];
  let length = 0;
  for (const line of text.split('\n').slice(0, -1)) {
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), StoredFileSchema), line);
    if (!parsed.success) break;
    files.push(parsed.output);
    length += Buffer.byteLength(line) + 1;
  }
  return { files, length };
}

/** Null where it is missing, or shorter than the journal says. */
async function findPixels(folder: string, files: readonly StoredFile[]): Promise<string | null> {
  const name = (await readdir(folder)).find((entry) => entry.endsWith(PIXELS));
  if (name === undefined) return null;
  const file = join(folder, name);
  const handle = await open(file, 'r');
  try {
    return (await handle.stat()).size >= countPlaces(files) * CACHED_BYTES ? file : null;
  } finally {
    await handle.close();
  }
}

async function beginPixels(folder: string): Promise<string> {
  for (const name of await readdir(folder)) if (name.endsWith(PIXELS)) await rm(join(folder, name));
  const file = join(folder, `films-${randomBytes(4).toString('hex')}${PIXELS}`);
  await (await open(file, 'wx', 0o600)).close();
  return file;
}

async function orDiskProblem<Value>(folder: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOSPC') {
      throw new AppError('disk/full', 'The disk is full; films that are cached so far are kept.', { folder }, cause);
    }
    if (cause instanceof AppError) throw cause;
    throw new AppError('file/unwritable', 'The cache of films can not be written.', { folder }, cause);
  }
}
