/** What SQLite throws, as one of our codes. Its messages name tables and columns, never values. */
import { AppError } from '#main/contract/errors';
import type { ErrorCode } from '#main/contract/errors';

/** Beginnings of SQLite's result codes (https://sqlite.org/rescode.html); the first that fits counts. */
const CODES: readonly (readonly [start: string, code: ErrorCode, message: string])[] = [
  [
    'SQLITE_CORRUPT',
    'database/corrupt',
    'The database is damaged. Close Hilum, move the file away or put a backup in its place, and start again; ' +
      'the original films are untouched and can be imported again.',
  ],
  [
    'SQLITE_NOTADB',
    'database/corrupt',
    'The file is not a database of Hilum. Close Hilum, move the file away, and start again; ' +
      'the original films are untouched and can be imported again.',
  ],
  ['SQLITE_BUSY', 'database/busy', 'Another program has kept the database locked for too long.'],
  ['SQLITE_LOCKED', 'database/busy', 'Another program has kept the database locked for too long.'],
  ['SQLITE_FULL', 'disk/full', 'The disk is full: the database could not be written, and nothing of it was changed.'],
  // Memory-mapped growth of the -shm file is how a full disk often shows first.
  [
    'SQLITE_IOERR_SHM',
    'disk/full',
    'The disk is full: the database could not be written, and nothing of it was changed.',
  ],
  ['SQLITE_READONLY', 'database/read-only', 'The database or its folder may not be written to.'],
  ['SQLITE_CANTOPEN', 'database/read-only', 'The database could not be opened: its folder may not be written to.'],
  ['SQLITE_PERM', 'database/read-only', 'The database or its folder may not be written to.'],
  ['SQLITE_IOERR', 'file/unreadable', 'The disk reported an error while the database was read or written.'],
];

/** `file` stands in the details. What is not SQLite's comes back as it is. */
export function toDatabaseError(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || error.name !== 'SqliteError') return error;
  const sqlite = (error as Error & { code: string }).code;
  const known = CODES.find(([start]) => sqlite.startsWith(start));
  if (known === undefined) return error;
  return new AppError(known[1], known[2], { file, sqlite }, error);
}
