/** The database over its thread and between processes: what was acknowledged is there, whoever dies. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import Sqlite from 'better-sqlite3';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '#main/database/openDatabase';
import { openDatabaseClient, type DatabaseClient } from '#main/database/openDatabaseClient';
import { buildProcess } from '#test/helpers/buildProcess';
import { makePrediction, makeStudyFilm, originOf } from './makeFilm';
import { makeFolder } from './openTestDatabase';

let workerFile: string;
let importer: string;

beforeAll(async () => {
  workerFile = await buildProcess('database');
  importer = join(dirname(workerFile), 'importUntilKilled.cjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'importUntilKilled.ts')],
    outfile: importer,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['better-sqlite3'],
    logLevel: 'warning',
  });
});

async function open(file: string, actor = 'test'): Promise<DatabaseClient> {
  const client = await openDatabaseClient({ file, actor, workerFile });
  onTestFinished(() => client.close({}).then(undefined, () => undefined));
  return client;
}

const ALL = { search: '', status: 'all', sort: 'imported', descending: false, offset: 0, limit: 1000 } as const;

test('what is imported and judged over the thread is read back after it was closed', async () => {
  const file = join(makeFolder(), 'hilum.sqlite');
  const first = await open(file);
  const { filmId, studyId } = await first.importFilm({ film: makeStudyFilm('one'), origin: originOf('/one.dcm') });
  const stored = makePrediction(filmId, [0.4, 0.1, 0.2]);
  await first.storePrediction(stored);
  const before = await first.openStudy({ studyId });
  await first.close({});
  expect(readdirSync(dirname(file))).toEqual(['hilum.sqlite']);
  const second = await open(file);
  expect(await second.openStudy({ studyId })).toEqual(before);
  expect(await second.getAttentionMaps({ filmId })).toEqual(stored.prediction.maps);
});

test('errors cross the thread as codes', async () => {
  const client = await open(join(makeFolder(), 'hilum.sqlite'));
  await expect(client.openStudy({ studyId: '7' as never })).rejects.toMatchObject({
    code: 'database/not-found',
    details: { studyId: '7' },
  });
});

test('a file that can not be opened says why, and no thread is left', async () => {
  const file = join(makeFolder(), 'hilum.sqlite');
  writeFileSync(file, 'not a database '.repeat(500));
  await expect(open(file)).rejects.toMatchObject({ code: 'database/corrupt', details: { file } });
});

test('after closing, every request fails with a code', async () => {
  const client = await open(join(makeFolder(), 'hilum.sqlite'));
  await client.close({});
  await expect(client.listTasks({ limit: 1 })).rejects.toMatchObject({ code: 'database/crashed' });
});

test('a thread that crashes fails what was asked and what is asked later', async () => {
  const crashing = join(dirname(workerFile), 'crashing.cjs');
  // Answers `open` as the real thread does, then dies of the next request.
  writeFileSync(
    crashing,
    `const { parentPort } = require('node:worker_threads');
     parentPort.on('message', ({ id, name }) => {
       if (name !== 'open') throw new Error('out of luck');
       parentPort.postMessage({ type: 'reply', id, value: null });
     });`,
  );
  const client = await openDatabaseClient({ file: 'any', actor: 'test', workerFile: crashing });
  const asked = await Promise.allSettled([client.listTasks({ limit: 1 }), client.getSettings({})]);
  const later = await Promise.allSettled([client.getSettings({})]);
  const codes = [...asked, ...later].map(
    (each) => each.status === 'rejected' && (each.reason as { code: string }).code,
  );
  expect(codes).toEqual(['database/crashed', 'database/crashed', 'database/crashed']);
});

test('two processes see what the other wrote, and each stands in its own audit rows', async () => {
  const file = join(makeFolder(), 'hilum.sqlite');
  const [viewer, line] = await Promise.all([open(file, 'window'), open(file, 'command line')]);
  const version = await viewer.dataVersion({});
  await viewer.setFact({ name: 'mine', value: '1' });
  expect(await viewer.dataVersion({})).toBe(version);
  await line.importFilm({ film: makeStudyFilm('one'), origin: originOf('/one.dcm') });
  expect(await viewer.dataVersion({})).not.toBe(version);
  expect((await viewer.listStudies(ALL)).total).toBe(1);
  const reader = new Sqlite(file, { readonly: true });
  const actors = reader.prepare('SELECT DISTINCT actor, action FROM audit ORDER BY id').raw().all();
  reader.close();
  expect(actors).toEqual([
    ['window', 'fact.set'],
    ['command line', 'patient.created'],
    ['command line', 'study.created'],
    ['command line', 'film.imported'],
  ]);
});

test('six threads that start at once on an empty folder, and import the same films, make one database', async () => {
  const file = join(makeFolder(), 'hilum.sqlite');
  const clients = await Promise.all(Array.from({ length: 6 }, (_, index) => open(file, `thread ${index}`)));
  const films = Array.from({ length: 10 }, (_, index) => makeStudyFilm(`${index}`));
  const imported = await Promise.all(
    clients.flatMap((client) => films.map((film, index) => client.importFilm({ film, origin: originOf(`/${index}`) }))),
  );
  expect(imported.filter(({ created }) => created)).toHaveLength(10);
  expect((await clients[0]?.listStudies(ALL))?.total).toBe(10);
});

function startImporter(file: string, name: string): ChildProcess {
  const child = spawn(process.execPath, [importer, file, workerFile, name], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Kills the child after that many films were acknowledged, and gives all that it told before it died. */
async function killAfter(child: ChildProcess, films: number): Promise<string[]> {
  const acknowledged: string[] = [];
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  lines.on('line', (line) => {
    acknowledged.push(line);
    if (acknowledged.length === films) child.kill('SIGKILL');
  });
  await Promise.all([once(child, 'exit'), once(lines, 'close')]);
  return acknowledged;
}

test('a process that is killed while it imports has lost nothing that it was told is there', async () => {
  const file = join(makeFolder(), 'hilum.sqlite');
  const told: string[] = [];
  for (const [round, films] of [1, 7, 23].entries()) {
    told.push(...(await killAfter(startImporter(file, `round ${round}`), films)));
  }
  expect(told.length).toBeGreaterThanOrEqual(31);
  const db = openDatabase(file, 'test');
  onTestFinished(() => db.close());
  const lost = told.filter((sha) => db.get('SELECT 1 FROM films WHERE content_sha256 = :sha', { sha }) === undefined);
  expect(lost).toEqual([]);
  expect(db.get('PRAGMA integrity_check')).toEqual({ integrity_check: 'ok' });
  // Nothing half: each film has its study, its study counts it, and its import is in the audit.
  expect(
    db.all('SELECT id FROM studies WHERE film_count <> (SELECT count(*) FROM films WHERE study = studies.id)'),
  ).toEqual([]);
  expect(db.get("SELECT count(*) AS n FROM audit WHERE action = 'film.imported'")).toEqual(
    db.get('SELECT count(*) AS n FROM films'),
  );
});

test('a writer waits for another one, and a killed one leaves no lock behind', async () => {
  const file = join(makeFolder(), 'hilum.sqlite');
  openDatabase(file, 'test').close();
  const holder = new Worker(
    `const Sqlite = require(${JSON.stringify(createRequire(import.meta.url).resolve('better-sqlite3'))});
     const db = new Sqlite(${JSON.stringify(file)});
     db.exec('BEGIN IMMEDIATE');
     require('node:worker_threads').parentPort.postMessage('locked');
     setInterval(() => {}, 1000);`,
    { eval: true },
  );
  await once(holder, 'message');
  const writer = await open(file);
  let written = false;
  const waiting = writer.setFact({ name: 'late', value: 'but there' }).then(() => (written = true));
  await delay(200);
  expect(written).toBe(false);
  await holder.terminate();
  await waiting;
  expect(await writer.getFact({ name: 'late' })).toBe('but there');
});

test('where nothing may be written, that is what is said', () => {
  const folder = makeFolder();
  const file = join(folder, 'hilum.sqlite');
  openDatabase(file, 'test').close();
  chmodSync(file, 0o444);
  chmodSync(folder, 0o555);
  // Root may write everywhere.
  if (process.getuid?.() === 0) process.seteuid?.(65534);
  try {
    expect(() => openDatabase(file, 'test')).toThrow(expect.objectContaining({ code: 'database/read-only' }));
  } finally {
    if (process.getuid?.() === 0) process.seteuid?.(0);
    chmodSync(folder, 0o755);
  }
});
