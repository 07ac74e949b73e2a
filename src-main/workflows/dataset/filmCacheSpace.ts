/** Where cached films lie, who may write there, and which of them make room for others. */
import { createHash } from 'node:crypto';
import { readdir, realpath, rm, stat, statfs, utimes } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, cancelled } from '#main/contract/errors';
import { formatBytes } from '#main/contract/formatBytes';
import { homePaths } from '#main/database/homeFolder';
import { isLocked, tryLock } from '#main/database/lockFile';
import { cachedBytes } from './filmStore';

/** Raised when decoding or resizing gives other pixels than before. */
const GENERATION = 1;

/** A folder for each set of paths: films that come to it later are added. */
export async function filmCacheFolder(
  home: string,
  paths: readonly string[],
  ageRangeYears: readonly [number, number],
): Promise<string> {
  const real = await Promise.all(paths.map((path) => realpath(path).catch(() => resolve(path))));
  const key = JSON.stringify([GENERATION, ageRangeYears, [...new Set(real)].sort()]);
  const name = createHash('sha256').update(key).digest('hex').slice(0, 16);
  return join(trainingFilmsFolder(home), name);
}

function trainingFilmsFolder(home: string): string {
  return join(homePaths(home).cacheFolder, 'training-films');
}

const LOCK = 'lock';
const LOOK_EVERY_MS = 500;

/**
 * Waits while another program prepares the same films, and then finds them done. Call what comes back when done.
 * Throws `task/cancelled`, `file/unwritable`.
 */
export async function lockFilmCache(folder: string, signal: AbortSignal): Promise<() => Promise<void>> {
  const file = join(folder, LOCK);
  for (;;) {
    if (signal.aborted) throw cancelled();
    const unlock = await tryLock(file).catch((cause: unknown) => {
      throw new AppError('file/unwritable', 'The cache of films can not be written.', { file }, cause);
    });
    if (unlock !== null) return unlock;
    await sleep(LOOK_EVERY_MS);
  }
}

const LIMITS = {
  /** Of all cached films together. */
  largestBytes: 50e9,
  /** What stays free on the disk whatever is cached: a run's checkpoints, the database. */
  reserveBytes: 2e9,
};

/**
 * Removes caches of other data sets, the one that was not used for longest first, until all together are within the
 * limits and `films` fit on the disk. Throws `disk/full`, before anything is decoded, where they can not.
 */
export async function makeRoomForFilms(home: string, folder: string, films: number, limits = LIMITS): Promise<void> {
  const { largestBytes, reserveBytes } = limits;
  const now = new Date();
  await utimes(folder, now, now);
  const own = await bytesOf(folder);
  const needed = Math.max(0, cachedBytes(films) - own);
  const others = (await listCaches(home)).filter((cache) => cache.folder !== folder);
  let used = own + needed + others.reduce((sum, { bytes }) => sum + bytes, 0);
  let free = await freeBytes(folder);
  for (const other of others) {
    if (used <= largestBytes && free >= needed + reserveBytes) return;
    if (await isLocked(join(other.folder, LOCK))) continue;
    await rm(other.folder, { recursive: true, force: true });
    used -= other.bytes;
    free += other.bytes;
  }
  if (needed === 0 || free >= needed + reserveBytes) return;
  const room = `${formatBytes(reserveBytes)} must stay free; there are ${formatBytes(free)}`;
  throw new AppError('disk/full', `${films} films need ${formatBytes(needed)} in the cache, and ${room}.`, {
    ...{ folder, needed, free },
  });
}

/** The longest unused first. */
async function listCaches(home: string): Promise<{ folder: string; bytes: number; usedAt: number }[]> {
  const parent = trainingFilmsFolder(home);
  const names = await readdir(parent).catch(() => []);
  const caches = await Promise.all(
    names.map(async (name) => {
      const folder = join(parent, name);
      return { folder, bytes: await bytesOf(folder), usedAt: (await stat(folder)).mtimeMs };
    }),
  );
  return caches.sort((one, other) => one.usedAt - other.usedAt);
}

async function bytesOf(folder: string): Promise<number> {
  const sizes = (await readdir(folder)).map(async (name) => {
    const status = await stat(join(folder, name)).catch(() => null);
    return status?.size ?? 0;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
