import { cpSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { toErrorBody, type ErrorBody } from '#main/contract/errors';
import { toDatabaseError } from '#main/database/databaseError';
import { openDatabase } from '#main/database/openDatabase';
import { importFilm } from '#main/database/filmStore';
import { makeStudyFilm, originOf } from './makeFilm';
import { makeFolder, openTestDatabase } from './openTestDatabase';

function errorOf(work: () => unknown): ErrorBody {
  try {
    work();
  } catch (error) {
    return toErrorBody(error);
  }
  throw new Error('Nothing was thrown.');
}

test('a new file is in the newest version, logs ahead, waits for the disk, is strict and checks its references', () => {
  const file = join(makeFolder(), 'hilum.sqlite');
  const db = openDatabase(file, 'test');
  const lax = db.all(
    "SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
  );
  const other = new Sqlite(file, { readonly: true });
  expect({
    version: other.pragma('user_version', { simple: true }),
    journal: other.pragma('journal_mode', { simple: true }),
    synchronous: db.get('SELECT * FROM pragma_synchronous'),
    lax,
  }).toEqual({ version: 30, journal: 'wal', synchronous: { synchronous: 2 }, lax: [] });
  expect(() => db.run("INSERT INTO series VALUES (1, 77, '', '', '')")).toThrow('FOREIGN KEY');
  other.close();
  db.close();
});

test.skipIf(process.platform === 'win32')('a new file and its log are their owner’s alone', () => {
  const file = join(makeFolder(), 'hilum.sqlite');
  const db = openDatabase(file, 'test');
  const modes = ['', '-wal', '-shm'].map((ending) => statSync(`${file}${ending}`).mode & 0o777);
  db.close();
  expect(modes).toEqual([0o600, 0o600, 0o600]);
});

test('every foreign key has an index, so that nothing is found by walking a table', () => {
  const db = openTestDatabase();
  const tables = db.all("SELECT name FROM pragma_table_list WHERE type = 'table'").map(({ name }) => String(name));
  const missing = tables.flatMap((table) => {
    const first = db
      .all('SELECT name FROM pragma_index_list(:table)', { table })
      .map(({ name }) => db.get('SELECT name FROM pragma_index_info(:name) WHERE seqno = 0', { name: name ?? null }));
    const keys = db.all('SELECT "from" AS name FROM pragma_foreign_key_list(:table)', { table });
    return keys
      .filter(({ name }) => !first.some((column) => column?.['name'] === name))
      .map(({ name }) => [table, name]);
  });
  expect(missing).toEqual([]);
});

test('a file of a newer version is refused, and not a byte of it changes', () => {
  const folder = makeFolder();
  const file = join(folder, 'hilum.sqlite');
  openDatabase(file, 'test').close();
  const later = new Sqlite(file);
  later.pragma('user_version = 40');
  later.close();
  const before = readFileSync(file);
  expect(errorOf(() => openDatabase(file, 'test'))).toEqual({
    code: 'database/newer',
    message: 'The database was written by a newer version of Hilum; it was left as it is.',
    details: { file, version: 40, newest: 30 },
  });
  expect(readFileSync(file)).toEqual(before);
});

test('a newer file that was not closed well is refused too, and what only its log holds stays', () => {
  const folder = makeFolder();
  const running = new Sqlite(join(folder, 'running.sqlite'));
  running.pragma('journal_mode = WAL');
  running.exec('CREATE TABLE later (value TEXT) STRICT; PRAGMA user_version = 40');
  // What a power cut leaves: the file and its log, without the closing of either.
  for (const ending of ['', '-wal'])
    cpSync(join(folder, `running.sqlite${ending}`), join(folder, `cut.sqlite${ending}`));
  running.close();
  const file = join(folder, 'cut.sqlite');
  const before = { file: readFileSync(file), log: readFileSync(`${file}-wal`) };
  expect(errorOf(() => openDatabase(file, 'test')).code).toBe('database/newer');
  expect({ file: readFileSync(file), log: readFileSync(`${file}-wal`) }).toEqual(before);
});

test.each([
  ['something else entirely', (file: string) => writeFileSync(file, 'Dear diary, '.repeat(1000))],
  [
    'cut off in the middle',
    (file: string) => {
      const db = openDatabase(file, 'test');
      for (let each = 0; each < 50; each++) {
        importFilm(db, { film: makeStudyFilm(`${each}`), origin: originOf(`/${each}.dcm`) });
      }
      db.close();
      truncateSync(file, statSync(file).size / 2);
    },
  ],
])('a file that is %s is called corrupt, with what to do, and is left as it is', (_what, make) => {
  const folder = makeFolder();
  const file = join(folder, 'hilum.sqlite');
  make(file);
  const before = readFileSync(file);
  const error = errorOf(() => {
    const db = openDatabase(file, 'test');
    db.all('SELECT * FROM films JOIN audit ON true');
  });
  expect(error).toMatchObject({ code: 'database/corrupt', details: { file } });
  expect(error.message).toContain('move');
  expect(readFileSync(file)).toEqual(before);
});

test('a folder that is not there is said to be so', () => {
  const file = join(makeFolder(), 'nowhere', 'hilum.sqlite');
  expect(errorOf(() => openDatabase(file, 'test'))).toMatchObject({ code: 'file/not-found', details: { file } });
});

test('a full disk has its code', () => {
  const driver = new Sqlite(':memory:');
  driver.exec('CREATE TABLE pages (value BLOB); PRAGMA max_page_count = 10');
  const full = errorOf(() => {
    try {
      driver.exec('INSERT INTO pages VALUES (zeroblob(1000000))');
    } catch (error) {
      throw toDatabaseError(error, 'hilum.sqlite');
    }
  });
  expect(full).toMatchObject({ code: 'disk/full', details: { file: 'hilum.sqlite', sqlite: 'SQLITE_FULL' } });
});

test('a handle for reading refuses to write', () => {
  const db = openTestDatabase();
  expect(errorOf(() => db.get("INSERT INTO facts VALUES ('name', 'value') RETURNING name")).code).toBe(
    'internal/unexpected',
  );
  expect(db.all('SELECT * FROM facts')).toEqual([]);
});

test('work that fails half-way leaves nothing behind', () => {
  const db = openTestDatabase();
  expect(() =>
    db.write(() => {
      importFilm(db, { film: makeStudyFilm('one'), origin: originOf('/one.dcm') });
      throw new Error('power');
    }),
  ).toThrow('power');
  const counts = ['patients', 'studies', 'series', 'films', 'audit'].map(
    (table) => db.get(`SELECT count(*) AS n FROM ${table}`)?.['n'],
  );
  expect(counts).toEqual([0, 0, 0, 0, 0]);
});
