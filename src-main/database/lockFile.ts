/** A file that says which process is at work on what lies beside it. One that died locks nothing. */
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isProcessAlive, nameProcess } from '#main/channel/processLife';

/** Locks of this process: one with its name that is not in here was left by a process before it, under its number. */
const held = new Set<string>();
/** Between making a lock and writing it less passes. */
const WRITTEN_AFTER_MS = 5000;

/** Gives it back when called; null where another process, or this one, has it. */
export async function tryLock(file: string): Promise<(() => Promise<void>) | null> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  if (await isLocked(file)) return null;
  await rm(file, { force: true });
  try {
    await writeFile(file, nameProcess(), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw error;
  }
  held.add(file);
  return async () => {
    held.delete(file);
    await rm(file, { force: true });
  };
}

export async function isLocked(file: string): Promise<boolean> {
  const name = await readFile(file, 'utf8').catch(() => null);
  if (name === null) return false;
  if (name === nameProcess()) return held.has(file);
  if (name !== '') return isProcessAlive(name);
  const madeAt = await stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  return Date.now() - madeAt < WRITTEN_AFTER_MS;
}
