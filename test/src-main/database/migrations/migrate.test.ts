import { createHash } from 'node:crypto';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate, type Migration } from '#main/database/migrations/migrate';
import { MIGRATIONS } from '#main/database/migrations/migrations';

function versionOf(db: Sqlite.Database): unknown {
  return db.pragma('user_version', { simple: true });
}

test('versions rise in steps of ten', () => {
  expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, index) => 10 * (index + 1)));
});

test('only what is missing runs, in order', () => {
  const ran: number[] = [];
  const migrations = [10, 20, 30].map((version): Migration => ({ version, up: () => ran.push(version) }));
  const db = new Sqlite(':memory:');
  db.pragma('user_version = 10');
  migrate(db, migrations);
  migrate(db, migrations);
  expect({ ran, version: versionOf(db) }).toEqual({ ran: [20, 30], version: 30 });
});

test('where one of several fails, the file stays what it was', () => {
  const db = new Sqlite(':memory:');
  db.exec("CREATE TABLE kept (value TEXT) STRICT; INSERT INTO kept VALUES ('old')");
  const migrations: Migration[] = [
    { version: 10, up: (each) => each.exec("UPDATE kept SET value = 'new'; CREATE TABLE added (value TEXT) STRICT") },
    { version: 20, up: (each) => each.exec('INSERT INTO missing VALUES (1)') },
  ];
  expect(() => migrate(db, migrations)).toThrow('missing');
  expect({
    version: versionOf(db),
    kept: db.prepare('SELECT value FROM kept').pluck().all(),
    tables: db.prepare('SELECT name FROM sqlite_schema').pluck().all(),
  }).toEqual({ version: 0, kept: ['old'], tables: ['kept'] });
});

test('released migrations are frozen: what they make is what they made', () => {
  const made = MIGRATIONS.map(({ version }) => {
    const db = new Sqlite(':memory:');
    migrate(
      db,
      MIGRATIONS.filter((each) => each.version <= version),
    );
    const schema = db.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name').pluck().all();
    return [version, createHash('sha256').update(schema.join('\n')).digest('hex')];
  });
  expect(made).toEqual([
    [10, 'e39d80002e1216522d4c5b1941c8670609f9e5e0e5959417687ee01cbc694760'],
    [20, '0dbc413b2077cc4fb956ee664286fa66b88e8a744dca0aa57ad02d57f694b758'],
    [30, '8c93ff492dd570aef0fab0dea7c01c17c2fa58da72c25bf76f2714d38903628b'],
  ]);
});
