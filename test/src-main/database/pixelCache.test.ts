import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { WritableDb } from '#main/database/openDatabase';
import { createPixelCache, type PixelCache, type PixelCacheOptions } from '#main/database/pixelCache';
import { forgetPixels, listPixels, notePixels } from '#main/database/pixelStore';
import { makeFolder, openTestDatabase } from './openTestDatabase';

/** The stores themselves, without their thread; each use is a millisecond later than the one before. */
function clientOf(db: WritableDb): PixelCacheOptions['client'] {
  let uses = 0;
  return {
    notePixels: async (argument) => {
      notePixels(db, argument);
      db.run('UPDATE pixel_cache SET used_at = :uses WHERE content_sha256 = :sha', {
        uses: ++uses,
        sha: argument.contentSha256,
      });
      return Promise.resolve(null);
    },
    listPixels: () => Promise.resolve(listPixels(db)),
    forgetPixels: (argument) => Promise.resolve(forgetPixels(db, argument)),
  };
}

function shaOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

async function write(cache: PixelCache, name: string, bytes: number): Promise<void> {
  writeFileSync(cache.pathFor(shaOf(name)), new Uint8Array(bytes));
  writeFileSync(cache.thumbnailPathFor(shaOf(name)), 'png');
  await cache.note(shaOf(name));
}

const NAMES = ['a', 'b', 'c', 'd'];

test('files lie in folders of their own, by content', () => {
  const folder = makeFolder();
  const cache = createPixelCache({ folder, client: clientOf(openTestDatabase()) });
  const sha = shaOf('a');
  expect([cache.pathFor(sha), cache.thumbnailPathFor(sha)]).toEqual([
    join(folder, 'pixels', 'ca', `${sha}.raw`),
    join(folder, 'thumbnails', 'ca', `${sha}.png`),
  ]);
  expect(readdirSync(join(folder, 'pixels'))).toEqual(['ca']);
});

test('the film that was not used for longest goes first, and its thumbnail stays', async () => {
  const db = openTestDatabase();
  const cache = createPixelCache({ folder: makeFolder(), client: clientOf(db), limitBytes: 250 });
  for (const name of NAMES.slice(0, 2)) await write(cache, name, 100);
  await cache.note(shaOf('a'));
  for (const name of NAMES.slice(2)) await write(cache, name, 100);
  await cache.evict();
  const kept = await Promise.all(NAMES.map((name) => cache.has(shaOf(name))));
  expect(kept).toEqual([false, false, true, true]);
  expect(NAMES.map((name) => existsSync(cache.thumbnailPathFor(shaOf(name))))).toEqual([true, true, true, true]);
  expect(listPixels(db).map(({ contentSha256 }) => contentSha256)).toEqual([shaOf('c'), shaOf('d')]);
});

test('being looked at again saves a film', async () => {
  const cache = createPixelCache({ folder: makeFolder(), client: clientOf(openTestDatabase()), limitBytes: 350 });
  for (const name of ['a', 'b', 'c']) await write(cache, name, 100);
  await cache.note(shaOf('a'));
  await write(cache, 'd', 100);
  await cache.evict();
  expect(await Promise.all(NAMES.map((name) => cache.has(shaOf(name))))).toEqual([true, false, true, true]);
});

test('the newest film stays even where it alone is over the limit', async () => {
  const cache = createPixelCache({ folder: makeFolder(), client: clientOf(openTestDatabase()), limitBytes: 10 });
  await write(cache, 'a', 100);
  await cache.evict();
  expect(await cache.has(shaOf('a'))).toBe(true);
});

test('a file that somebody deleted is no hindrance', async () => {
  const db = openTestDatabase();
  const cache = createPixelCache({ folder: makeFolder(), client: clientOf(db), limitBytes: 150 });
  db.run('INSERT INTO pixel_cache VALUES (:sha, 100, 0)', { sha: shaOf('gone') });
  await write(cache, 'a', 100);
  await cache.evict();
  expect(listPixels(db).map(({ contentSha256 }) => contentSha256)).toEqual([shaOf('a')]);
});

test('without a limit of its own the cache leaves nine tenths of the free space alone', async () => {
  const folder = makeFolder();
  const { bavail, bsize } = statfsSync(folder);
  const tenth = Math.min(20e9, (bavail * bsize) / 10);
  const db = openTestDatabase();
  const cache = createPixelCache({ folder, client: clientOf(db) });
  await write(cache, 'a', 100);
  // What the table says of films whose files are small on disk: together far more than a tenth, alone far less.
  for (const name of ['b', 'c']) {
    writeFileSync(cache.pathFor(shaOf(name)), 'raw');
    db.run('INSERT INTO pixel_cache VALUES (:sha, :bytes, :at)', {
      sha: shaOf(name),
      bytes: Math.floor(tenth * 0.8),
      at: name === 'b' ? -2 : -1,
    });
  }
  await cache.evict();
  expect(listPixels(db).map(({ contentSha256 }) => contentSha256)).toEqual([shaOf('c'), shaOf('a')]);
});

test.skipIf(process.platform === 'win32')('the folders are their owner’s alone', () => {
  const folder = makeFolder();
  createPixelCache({ folder, client: clientOf(openTestDatabase()) }).pathFor(shaOf('a'));
  expect(statSync(join(folder, 'pixels', 'ca')).mode & 0o777).toBe(0o700);
});
