/** Files that could not be read: kept until a person dismisses them, or until the same file is imported well. */
import type { ErrorBody } from '#main/contract/errors';
import type { FailedFile } from '#main/contract/study';
import { audit } from './audit';
import type { ReadableDb, WritableDb } from './openDatabase';
import { toId, toRowId } from './rowIds';

/** A file, or an entry of an archive. */
type Place = { readonly path: string; readonly entry: string | null };

/** The same file again replaces what was said of it before. */
export function recordFailedFile(db: WritableDb, file: Place & { readonly error: ErrorBody }): null {
  const { id } = db.run(
    `INSERT INTO failed_files (path, entry, error, at) VALUES (:path, :entry, :error, :at)
     ON CONFLICT (path, entry) DO UPDATE SET error = excluded.error, at = excluded.at`,
    { ...keyOf(file), error: JSON.stringify(file.error), at: new Date().toISOString() },
  );
  audit(db, 'file.failed', `file/${id}`, { code: file.error.code });
  return null;
}

export function forgetFailedFile(db: WritableDb, { path, entry }: Place): null {
  db.run('DELETE FROM failed_files WHERE path = :path AND entry = :entry', keyOf({ path, entry }));
  return null;
}

/** Newest first. */
export function listFailedFiles(db: ReadableDb): FailedFile[] {
  return db.all('SELECT * FROM failed_files ORDER BY at DESC, id DESC').map((row) => ({
    id: toId(row['id']),
    path: row['entry'] === '' ? (row['path'] as string) : `${row['path'] as string}/${row['entry'] as string}`,
    error: JSON.parse(row['error'] as string) as ErrorBody,
    at: row['at'] as string,
  }));
}

export function dismissFailedFile(db: WritableDb, { id }: { readonly id: string }): null {
  const { changes } = db.run('DELETE FROM failed_files WHERE id = :id', { id: toRowId(id) });
  if (changes > 0) audit(db, 'file.dismissed', `file/${id}`);
  return null;
}

function keyOf({ path, entry }: Place): { path: string; entry: string } {
  return { path, entry: entry ?? '' };
}
