/** Tables of labels of test/fixtures/labels. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#main/contract/errors';

export function labelFixture(name: string): string {
  return readFileSync(join(import.meta.dirname, '../fixtures/labels', name), 'utf8');
}

/** Code and sentence of what `work` throws; fails where it throws nothing, or nothing of ours. */
export function problemOf(work: () => unknown): { code: string; message: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('Nothing was thrown.');
}
