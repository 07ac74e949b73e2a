import { expect, test } from 'vitest';
import type { ErrorCode } from '#main/contract/errors';
import { dismissFailedFile, forgetFailedFile, listFailedFiles, recordFailedFile } from '#main/database/failedFileStore';
import type { WritableDb } from '#main/database/openDatabase';
import { openTestDatabase } from './openTestDatabase';

function fail(db: WritableDb, path: string, entry: string | null, code: ErrorCode): void {
  recordFailedFile(db, { path, entry, error: { code, message: 'It failed.', details: { bytes: 7 } } });
}

test('the same file again replaces what was said of it', () => {
  const db = openTestDatabase();
  fail(db, '/a.zip', 'one.dcm', 'dicom/truncated');
  fail(db, '/a.zip', null, 'archive/malformed');
  fail(db, '/a.zip', 'one.dcm', 'dicom/no-pixels');
  const shown = listFailedFiles(db).map(({ path, error }) => [path, error.code, error.details]);
  expect(shown.sort()).toEqual([
    ['/a.zip', 'archive/malformed', { bytes: 7 }],
    ['/a.zip/one.dcm', 'dicom/no-pixels', { bytes: 7 }],
  ]);
});

test('it stays until a person dismisses it or it is read well', () => {
  const db = openTestDatabase();
  for (const path of ['/a', '/b', '/c']) fail(db, path, null, 'file/empty');
  const { id } = listFailedFiles(db).find(({ path }) => path === '/b') ?? { id: '' };
  dismissFailedFile(db, { id });
  forgetFailedFile(db, { path: '/c', entry: null });
  dismissFailedFile(db, { id: 'x' });
  expect(listFailedFiles(db).map(({ path }) => path)).toEqual(['/a']);
});
