/**
 * ZIP archives of films, read without ever unpacking them to disk. What an archive declares is checked before a byte
 * is inflated, and inflated sizes and checksums must be the declared ones: a bomb or a damaged entry fails.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { buffer } from 'node:stream/consumers';
import { fromRandomAccessReaderPromise, getFileNameLowLevel, validateFileName, type Entry, type ZipFile } from 'yauzl';
import { systemPath } from '#main/channel/systemPath';
import { AppError, cancelled } from '#main/contract/errors';
import { ArchiveWindow, findArchive } from './archiveWindow';
import { LARGEST_FILE_BYTES } from './limits';

/** A day of a large hospital is about 1,000 films of 10 MB. */
const LARGEST_TOTAL_BYTES = 64 * 2 ** 30;
const MOST_ENTRIES = 200_000;
/** Real films deflate to a third; a black one to a thousandth. Only archives of some size are suspected. */
const LARGEST_RATIO = 200;
const UNSUSPECTED_BYTES = 2 ** 30;

/**
 * Names of the regular files, as the archive writes them; dot files and what macOS adds are left out. Names that point
 * out of the archive are among them, so that `readEntry` can refuse each with a word.
 */
export async function listArchive(path: string, signal: AbortSignal): Promise<string[]> {
  return withArchive(path, async (zip) => {
    const names: string[] = [];
    let total = 0;
    for await (const [name, entry] of entriesOf(zip)) {
      if (signal.aborted) throw cancelled();
      total += entry.uncompressedSize;
      if (total > LARGEST_TOTAL_BYTES || (total > UNSUSPECTED_BYTES && total > LARGEST_RATIO * zip.fileSize)) {
        throw new AppError('archive/too-large', 'The archive would unpack to an implausible size.', { bytes: total });
      }
      if (isRegularFile(name, entry)) names.push(name);
    }
    return names;
  });
}

/** The bytes of the first entry of that name. */
export async function readEntry(path: string, name: string): Promise<Uint8Array> {
  // We never write by these names, but others may: such an entry was made to do harm. The rest of its archive is read.
  if (validateFileName(name) !== null) {
    throw new AppError('archive/unsafe-path', 'The entry of the archive points outside of it.', { entry: name });
  }
  return withArchive(path, async (zip) => {
    for await (const [entryName, entry] of entriesOf(zip)) {
      if (entryName === name) return inflate(zip, entry);
    }
    throw new AppError('file/not-found', 'The archive has no such entry.');
  });
}

async function inflate(zip: ZipFile, entry: Entry): Promise<Uint8Array> {
  if (entry.uncompressedSize > LARGEST_FILE_BYTES) {
    throw new AppError('archive/too-large', 'The entry of the archive is too large.', {
      bytes: entry.uncompressedSize,
    });
  }
  if (entry.isEncrypted()) {
    throw new AppError(
      'archive/malformed',
      'The entry of the archive is encrypted: unpack it with its password first.',
    );
  }
  if (!entry.canDecodeFileData()) {
    const method = METHODS[entry.compressionMethod] ?? `method ${entry.compressionMethod}`;
    throw new AppError(
      'archive/malformed',
      `The entry of the archive is compressed with ${method}, which Hilum does not read: unpack the archive first.`,
      { method: entry.compressionMethod },
    );
  }
  const bytes = await buffer(await zip.openReadStreamPromise(entry));
  if (crc32(bytes) !== entry.crc32) throw new AppError('archive/malformed', 'The entry of the archive is damaged.');
  return bytes;
}

/** Those that are met (APPNOTE.TXT 4.4.5); 0 and 8, stored and deflated, are read. */
const METHODS: Readonly<Record<number, string>> = {
  1: 'shrinking',
  6: 'imploding',
  9: 'Deflate64',
  12: 'bzip2',
  14: 'LZMA',
  93: 'Zstandard',
  95: 'XZ',
  98: 'PPMd',
};

async function withArchive<Result>(path: string, work: (zip: ZipFile) => Promise<Result>): Promise<Result> {
  let file: FileHandle | null = null;
  let zip: ZipFile | null = null;
  try {
    file = await open(systemPath(path), 'r');
    const place = await findArchive(file);
    // Names are decoded and checked by us, so that an unsafe one has a code of its own.
    zip = await fromRandomAccessReaderPromise(new ArchiveWindow(file, place), place.end - place.start, {
      decodeStrings: false,
      autoClose: false,
      validateEntrySizes: true,
    });
    return await work(zip);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const problem = (error as NodeJS.ErrnoException).code;
    if (problem === 'ENOENT') throw new AppError('file/not-found', 'There is no such file.');
    if (problem === 'EACCES') throw new AppError('file/unreadable', 'The file may not be read.');
    throw new AppError('archive/malformed', 'The archive is cut off or damaged.', {}, error);
  } finally {
    zip?.close();
    await file?.close();
  }
}

async function* entriesOf(zip: ZipFile): AsyncGenerator<readonly [name: string, entry: Entry]> {
  if (zip.entryCount > MOST_ENTRIES) {
    throw new AppError('archive/too-large', `The archive has ${zip.entryCount} entries.`, { entries: zip.entryCount });
  }
  for await (const entry of zip.eachEntry()) {
    const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
    yield [name, entry];
  }
}

/** Of the Unix mode in the upper half of the external attributes (0 where another system wrote the archive). */
const FILE_TYPE = 0o170000;
const REGULAR_FILE = 0o100000;

function isRegularFile(name: string, entry: Entry): boolean {
  const type = (entry.externalFileAttributes >>> 16) & FILE_TYPE;
  if (name.endsWith('/') || (type !== 0 && type !== REGULAR_FILE)) return false;
  return !name.split('/').some((part) => isDotFile(part) || part === '__MACOSX');
}

function isDotFile(part: string): boolean {
  return part.startsWith('.') && part !== '.' && part !== '..';
}
