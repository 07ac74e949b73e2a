/**
 * The pixel cache: stored samples and thumbnails as files, named by the content of the film's file. The database
 * keeps what was used when; the film that nobody looked at for longest goes first, its thumbnail stays. Making room
 * happens behind the scenes: nobody who opens a film waits for it.
 */
import { mkdirSync } from 'node:fs';
import { access, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { overlaysPath } from '#main/contract/film';
import type { DatabaseClient } from './openDatabaseClient';

export type PixelCache = {
  /** Where the stored samples of a film lie, or are to be written; the folder is there. */
  pathFor(contentSha256: string): string;
  thumbnailPathFor(contentSha256: string): string;
  /** Of a film that an evaluation shows, whether or not it is in the worklist. */
  picturePathFor(contentSha256: string): string;
  has(contentSha256: string): Promise<boolean>;
  /** They were written or used: the last to go. */
  note(contentSha256: string): Promise<void>;
  /** Makes room now. `note` sees to it by itself. */
  evict(): Promise<void>;
};

export type PixelCacheOptions = {
  readonly folder: string;
  readonly client: Pick<DatabaseClient, 'notePixels' | 'listPixels' | 'forgetPixels'>;
  /** By default the smaller of 20 GB and a tenth of what the disk has free beside the cache itself. */
  readonly limitBytes?: number;
};

const LARGEST_BYTES = 20e9;
const SHARE_OF_FREE_SPACE = 0.1;
/** Looking for room costs a walk over the whole list: once in so much of the limit is enough. */
const SHARE_BETWEEN_LOOKS = 0.02;

export function createPixelCache({ folder, client, limitBytes }: PixelCacheOptions): PixelCache {
  let last: Promise<void> = Promise.resolve();
  // The first film of a session looks: another process, or the last session, may have filled the disk.
  let bytesUntilLook = 0;

  function place(kind: 'pixels' | 'thumbnails' | 'pictures', contentSha256: string, ending: string): string {
    const path = join(folder, kind, contentSha256.slice(0, 2), contentSha256 + ending);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return path;
  }
  const pathFor = (contentSha256: string): string => place('pixels', contentSha256, '.raw');

  async function makeRoom(): Promise<void> {
    const films = await client.listPixels({});
    let used = films.reduce((sum, { bytes }) => sum + bytes, 0);
    const limit = limitBytes ?? (await limitOf(folder, used));
    bytesUntilLook = limit * SHARE_BETWEEN_LOOKS;
    // The newest stays whatever the limit: somebody is looking at it.
    for (const { contentSha256, bytes } of films.slice(0, -1)) {
      if (used <= limit) return;
      const pixels = pathFor(contentSha256);
      // A file that is being read can not be removed on Windows: it goes the next time.
      const removed = await Promise.all([pixels, overlaysPath(pixels)].map((path) => rm(path, { force: true }))).then(
        () => true,
        () => false,
      );
      if (!removed) continue;
      await client.forgetPixels({ contentSha256 });
      used -= bytes;
    }
  }

  /** One at a time, each with a look of its own: one that is under way does not know what came since. */
  function evict(): Promise<void> {
    last = last.then(makeRoom, makeRoom);
    return last;
  }

  return {
    pathFor,
    thumbnailPathFor: (contentSha256) => place('thumbnails', contentSha256, '.png'),
    picturePathFor: (contentSha256) => place('pictures', contentSha256, '.jpg'),
    has: (contentSha256) =>
      access(pathFor(contentSha256)).then(
        () => true,
        () => false,
      ),
    note: async (contentSha256) => {
      const { size: bytes } = await stat(pathFor(contentSha256));
      await client.notePixels({ contentSha256, bytes });
      bytesUntilLook -= bytes;
      // Not awaited, and what goes wrong there (the database was closed) is no fault of this film.
      if (bytesUntilLook >= 0) return;
      bytesUntilLook = Infinity;
      void evict().catch(() => (bytesUntilLook = 0));
    },
    evict,
  };
}

async function limitOf(folder: string, used: number): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return Math.min(LARGEST_BYTES, SHARE_OF_FREE_SPACE * (bavail * bsize + used));
}
