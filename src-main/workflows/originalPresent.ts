import { access } from 'node:fs/promises';
import { systemPath } from '#main/channel/systemPath';
import { AppError } from '#main/contract/errors';
import type { FilmOrigin } from '#main/database/databaseApi';

/** Whether a film's file (or the archive that holds it) is still where it was. */
export async function originalPresent({ path }: FilmOrigin): Promise<boolean> {
  try {
    await access(systemPath(path));
    return true;
  } catch {
    return false;
  }
}

export function vanished({ path }: FilmOrigin): AppError {
  return new AppError('file/vanished', `${path} is not there any more.`, { path });
}
