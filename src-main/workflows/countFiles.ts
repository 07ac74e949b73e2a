/** Counts what `collectFiles` will yield, beside the work itself, so that the first film does not wait for a walk. */
import { collectFiles, type ListArchive } from './collectFiles';

/** Null where the walk ended early: the walk that does the work meets the same problem, and tells it. */
export async function countFiles(
  paths: readonly string[],
  listArchive: ListArchive,
  signal?: AbortSignal,
  leaveOut: readonly string[] = [],
): Promise<number | null> {
  const files = collectFiles(paths, listArchive, signal, leaveOut);
  let count = 0;
  try {
    while ((await files.next()).done !== true) count++;
    return count;
  } catch {
    return null;
  }
}
