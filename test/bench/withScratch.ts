/** A folder for one piece of work, removed when it ends, however it ends. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const EXIT_CANCELLED = 130;

export async function withScratch<Value>(name: string, work: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  const cancel = (): void => {
    remove();
    process.exit(EXIT_CANCELLED);
  };
  process.once('SIGINT', cancel).once('SIGTERM', cancel);
  try {
    return await work(folder);
  } finally {
    process.off('SIGINT', cancel).off('SIGTERM', cancel);
    remove();
  }
}
