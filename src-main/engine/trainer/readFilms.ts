/** Films out of the cache, by their numbers: a byte a pixel, CACHED_SIDE squared, one after the other. */
import { closeSync, openSync, readSync } from 'node:fs';
import { AppError } from '#main/contract/errors';

export type RecordFile = {
  /** `bytes` long from the record's number on; throws `file/unreadable` where the file ends before. */
  read(number: number, into: Uint8Array): void;
  close(): void;
};

/** A file of records of one size. Throws `file/unreadable`. */
export function openRecords(file: string, recordBytes: number): RecordFile {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (cause) {
    throw unreadable(file, cause);
  }
  return {
    read: (number, into) => {
      if (readSync(handle, into, 0, recordBytes, number * recordBytes) !== recordBytes) throw unreadable(file);
    },
    close: () => closeSync(handle),
  };
}

function unreadable(file: string, cause?: unknown): AppError {
  return new AppError('file/unreadable', 'The cache of films can not be read; it was cleared or cut.', { file }, cause);
}
