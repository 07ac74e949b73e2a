/** `--override CODE --reason TEXT`: somebody answers for one film, in words. */
import { stat } from 'node:fs/promises';
import { AppError, ERROR_CODES } from '#main/contract/errors';
import type { Override } from '#main/workflows/analyseFilm';

export type OverrideOptions = { readonly override?: string; readonly reason?: string };

/** Null where none is asked for. Throws `usage/invalid`. */
export async function readOverride(
  paths: readonly string[],
  { override: code, reason }: OverrideOptions,
): Promise<Override | null> {
  if (code === undefined && reason === undefined) return null;
  if (code === undefined || reason === undefined || reason.trim() === '') {
    throw new AppError('usage/invalid', '--override wants a --reason, and --reason an --override.');
  }
  if (!code.startsWith('film/') || !ERROR_CODES.some((known) => known === code)) {
    throw new AppError('usage/invalid', `"${code}" is no refusal that can be overridden.`);
  }
  const [path, ...others] = paths;
  const status = path === undefined || others.length > 0 ? null : await stat(path).catch(() => null);
  if (status?.isFile() !== true) throw new AppError('usage/invalid', '--override is for one film: name its file.');
  return { code, reason: reason.trim() };
}
