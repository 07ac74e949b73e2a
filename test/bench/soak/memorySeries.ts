/** Resident memory of each process over the films, and whether it stays flat. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { processTree, residentBytes } from '../machine';

export type MemorySample = {
  readonly films: number;
  /** Resident bytes by kind of process: `main`, `engine`, `decode`; several of a kind are summed. */
  readonly bytes: Readonly<Record<string, number>>;
};

/** Of this process and of those of its helpers that are Hilum's bundles. */
export function sampleMemory(films: number): MemorySample {
  const bytes: Record<string, number> = {};
  for (const pid of processTree(process.pid)) {
    const name = pid === process.pid ? 'main' : bundleName(pid);
    if (name !== null) bytes[name] = (bytes[name] ?? 0) + (residentBytes(pid) ?? 0);
  }
  return { films, bytes };
}

/** `engine` for a process that runs engine.cjs; null for anything else, or where it is gone. */
function bundleName(pid: number): string | null {
  try {
    const bundle = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      .split('\0')
      .find((argument) => argument.endsWith('.cjs'));
    return bundle === undefined ? null : basename(bundle, '.cjs');
  } catch {
    return null;
  }
}

/**
 * Bytes per film: the median of the slopes between every two samples (Theil and Sen), which the saw-teeth of garbage
 * collection cannot pull as they pull a least-squares line.
 */
export function growthPerFilm(points: readonly (readonly [films: number, bytes: number])[]): number {
  const slopes = points.flatMap(([films, bytes], index) =>
    points.slice(index + 1).map(([laterFilms, laterBytes]) => (laterBytes - bytes) / (laterFilms - films)),
  );
  const sorted = slopes.sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
