/** A file is there whole or not at all, whatever ends this process. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '#main/contract/errors';

/** Makes the folder where it is missing. Throws `disk/full` and `file/unwritable`. */
export async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const partial = `${path}.${process.pid}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(partial, bytes);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    const system = (error as NodeJS.ErrnoException).code ?? '';
    if (system === 'ENOSPC' || system === 'EDQUOT') throw new AppError('disk/full', 'The disk is full.', { path });
    throw new AppError('file/unwritable', 'The file could not be written.', { path, system }, error);
  }
}
