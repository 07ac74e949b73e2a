/**
 * Opens the database file: the only importer of better-sqlite3 (13 on Node 24, 11.5 on Electron 33: nothing is used
 * that one of them lacks). Window and command line may have one file open at once: WAL, a busy timeout, and
 * migrations under a lock.
 */
import { chmodSync, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { AppError } from '#main/contract/errors';
import { toDatabaseError } from './databaseError';
import { migrate } from './migrations/migrate';
import { MIGRATIONS } from './migrations/migrations';

type Value = string | number | null | Buffer;
export type Values = Readonly<Record<string, Value>>;
export type Row = Readonly<Record<string, Value>>;

declare const writable: unique symbol;

/** A handle that can not change anything: its statements are refused when they would write. */
export type ReadableDb = {
  get(sql: string, values?: Values): Row | undefined;
  all(sql: string, values?: Values): Row[];
  /** One snapshot for several statements. */
  read<Result>(work: () => Result): Result;
};

export type WritableDb = ReadableDb & {
  readonly [writable]: true;
  readonly file: string;
  /** Who does what is done over this handle: it stands in the audit rows. */
  readonly actor: string;
  run(sql: string, values?: Values): { readonly changes: number; readonly id: number };
  /** All of `work` or nothing; may be nested. */
  write<Result>(work: () => Result): Result;
  /** The last one to close takes the write-ahead log into the file; on a full disk the log stays, and counts. */
  close(): void;
};

const BUSY_MS = 10_000;

/**
 * Opens `file`, making it where it is missing, and brings it up to date.
 * Throws file/not-found where its folder is missing, database/newer, database/corrupt, database/busy,
 * database/read-only, disk/full.
 */
export function openDatabase(file: string, actor: string): WritableDb {
  // The driver has no code of its own for this.
  if (!existsSync(dirname(file))) {
    throw new AppError('file/not-found', 'The folder of the database is missing.', { file });
  }
  let driver: Sqlite.Database | null = null;
  try {
    refuseNewer(file);
    const isNew = !existsSync(file);
    driver = new Sqlite(file, { timeout: BUSY_MS });
    // Patients are nobody else's business; the log and its index take over the permissions of the file.
    if (isNew && !driver.memory) chmodSync(file, 0o600);
    setUp(driver);
    migrate(driver, MIGRATIONS);
    return createHandle(driver, file, actor);
  } catch (error) {
    driver?.close();
    throw toDatabaseError(error, file);
  }
}

/** Looks with a read-only connection first: even closing a writable one can change the file. */
function refuseNewer(file: string): void {
  if (!existsSync(file) || statSync(file).size === 0) return;
  const newest = MIGRATIONS.at(-1)?.version ?? 0;
  const probe = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: BUSY_MS });
  const version = readAndClose(probe);
  if (version <= newest) return;
  const message = 'The database was written by a newer version of Hilum; it was left as it is.';
  throw new AppError('database/newer', message, { file, version, newest });
}

function readAndClose(probe: Sqlite.Database): number {
  try {
    return Number(probe.pragma('user_version', { simple: true }));
  } finally {
    probe.close();
  }
}

function setUp(driver: Sqlite.Database): void {
  useWriteAheadLog(driver);
  // FULL: what was acknowledged survives a power cut, not only a crash of ours.
  driver.pragma('synchronous = FULL');
  driver.pragma('foreign_keys = ON');
  // 16 MiB: what is looked up at every import stays here; the rest of a long worklist is in the system's own cache.
  driver.pragma('cache_size = -16384');
}

/** SQLite does not wait for a busy file here: of two first starts at once, one would fail without a few tries. */
function useWriteAheadLog(driver: Sqlite.Database): void {
  const deadline = Date.now() + BUSY_MS;
  for (;;) {
    try {
      driver.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      const busy = (error as { code?: string }).code?.startsWith('SQLITE_BUSY') === true;
      if (!busy || Date.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

function createHandle(driver: Sqlite.Database, file: string, actor: string): WritableDb {
  const statements = new Map<string, Sqlite.Statement>();
  function prepare(sql: string): Sqlite.Statement {
    const known = statements.get(sql) ?? driver.prepare(sql);
    statements.set(sql, known);
    return known;
  }
  function reading(sql: string): Sqlite.Statement {
    const statement = prepare(sql);
    if (!statement.readonly) throw new AppError('internal/unexpected', 'A statement that writes was used to read.');
    return statement;
  }
  const handle: Omit<WritableDb, typeof writable> = {
    file,
    actor,
    get: (sql, values = {}) => reading(sql).get(values) as Row | undefined,
    all: (sql, values = {}) => reading(sql).all(values) as Row[],
    read: (work) => driver.transaction(work).deferred(),
    run: (sql, values = {}) => {
      const result = prepare(sql).run(values);
      return { changes: result.changes, id: Number(result.lastInsertRowid) };
    },
    write: (work) => driver.transaction(work).immediate(),
    close: () => void driver.close(),
  };
  // The brand is a type alone.
  return handle as WritableDb;
}
