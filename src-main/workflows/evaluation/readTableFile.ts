/** A table of predictions, labels or readers as text: a CSV file, or one that gzip has packed. */
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { AppError } from '#main/contract/errors';

const unpack = promisify(gunzip);

/** Ten times NIH's whole table with probabilities. What is larger is no table of films. */
const MOST_BYTES = 500_000_000;

/** Throws `file/not-found`, `file/unreadable`, `file/too-large`, `label/malformed` where the packing is damaged. */
export async function readTableFile(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new AppError('file/not-found', `There is no file ${file}.`);
    throw new AppError('file/unreadable', `${file} can not be read.`, {}, error);
  });
  const content = bytes[0] === 0x1f && bytes[1] === 0x8b ? await unpackTable(file, bytes) : bytes;
  if (content.length > MOST_BYTES) throw new AppError('file/too-large', `${file} is too large for a table.`);
  return content.toString('utf8');
}

async function unpackTable(file: string, bytes: Buffer): Promise<Buffer> {
  try {
    return await unpack(bytes, { maxOutputLength: MOST_BYTES });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new AppError('file/too-large', `${file} is too large for a table.`, {}, cause);
    }
    throw new AppError('label/malformed', `${file} is a damaged gzip file.`, {}, cause);
  }
}
