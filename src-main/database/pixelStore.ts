/** What lies in the pixel cache. Not audited: it can be made again at any time. */
import type { ReadableDb, WritableDb } from './openDatabase';

type CachedPixels = { readonly contentSha256: string; readonly bytes: number };

/** They were written, or used again. */
export function notePixels(db: WritableDb, { contentSha256, bytes }: CachedPixels): null {
  db.run(
    `INSERT INTO pixel_cache (content_sha256, bytes, used_at) VALUES (:contentSha256, :bytes, :now)
     ON CONFLICT (content_sha256) DO UPDATE SET bytes = excluded.bytes, used_at = excluded.used_at`,
    { contentSha256, bytes, now: Date.now() },
  );
  return null;
}

/** Oldest use first. */
export function listPixels(db: ReadableDb): CachedPixels[] {
  return db.all('SELECT content_sha256, bytes FROM pixel_cache ORDER BY used_at, content_sha256').map((row) => ({
    contentSha256: row['content_sha256'] as string,
    bytes: row['bytes'] as number,
  }));
}

export function forgetPixels(db: WritableDb, { contentSha256 }: { readonly contentSha256: string }): null {
  db.run('DELETE FROM pixel_cache WHERE content_sha256 = :contentSha256', { contentSha256 });
  return null;
}
