/** The bytes of a film, from a file or from an entry of an archive. */
import { readFile, stat } from 'node:fs/promises';
import { systemPath } from '#main/channel/systemPath';
import { AppError } from '#main/contract/errors';
import type { FilmSource } from '#main/decoding/protocol/protocol';
import { readEntry } from './archive';
import { LARGEST_FILE_BYTES } from './limits';

/** Throws the codes `file/*` and, for entries, `archive/*`. */
export async function readSource({ path, entry }: FilmSource): Promise<Uint8Array> {
  return entry === null ? readWhole(path) : readEntry(path, entry);
}

async function readWhole(path: string): Promise<Uint8Array> {
  try {
    const status = await stat(systemPath(path));
    // Opening a pipe or a device might never come back.
    if (!status.isFile()) throw new AppError('file/unreadable', 'This is not a file.');
    if (status.size > LARGEST_FILE_BYTES) {
      throw new AppError('file/too-large', 'The file is too large for a film.', { bytes: status.size });
    }
    return await readFile(systemPath(path));
  } catch (error) {
    throw toFileError(error);
  }
}

function toFileError(error: unknown): unknown {
  const system = (error as NodeJS.ErrnoException).code;
  if (error instanceof AppError || system === undefined) return error;
  if (system === 'ENOENT' || system === 'ENOTDIR') return new AppError('file/not-found', 'There is no such file.');
  return new AppError('file/unreadable', 'The file could not be read.', { system }, error);
}
