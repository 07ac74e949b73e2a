/**
 * A folder that films come into: each is imported and judged once it is complete. Complete is what has kept its size
 * and time from one look to another and reads whole; a writer may pause, so that what lacks a part is looked at again,
 * and taken as it is only after a long rest. What was done is known by content (importFilms), so that neither a restart
 * nor a file that vanishes and comes again brings a film twice. The system's notices only make a look come sooner: they
 * get lost on network drives, and a look finds everything.
 */
import { watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { systemPath } from '#main/channel/systemPath';
import { AppError, cancelled } from '#main/contract/errors';
import { isDicomdir } from '#main/imaging/dicom/readDicomdir';
import type { FilmReader } from './analyseFilm';
import { analyseWaitingFilms } from './analyseWaitingFilms';
import { importFilms, type ImportedFile } from './importFilms';
import { listFolder } from './listFolder';
import type { Workplace } from './openWorkplace';
import type { TaskReporter } from './taskList';

export type WatchOptions = {
  readonly signal: AbortSignal;
  readonly onFile: (file: ImportedFile) => void;
  /** For how long a file must not change. */
  readonly settleMs?: number;
  /** For how long one must not that can't be read, or whose film lacks a part. */
  readonly patienceMs?: number;
  /** Between two looks when nothing seems to happen. */
  readonly scanMs?: number;
};

const SETTLE_MS = 2000;
/** No copy over a network, and no modality that writes its rows as they come, rests for longer and goes on. */
const PATIENCE_MS = 60_000;
const SCAN_MS = 10_000;

type Seen = {
  readonly size: number;
  readonly mtimeMs: number;
  /** When it was first seen as it is now. */
  readonly since: number;
  /** For how long it must not change before it is imported; Infinity where it was, as it is now. */
  readonly restMs: number;
};

/** Works until the signal says so: throws `task/cancelled` then, and what ends an import. */
export async function watchFolder(
  workplace: Workplace,
  reader: FilmReader,
  folder: string,
  { signal, onFile, settleMs = SETTLE_MS, patienceMs = PATIENCE_MS, scanMs = SCAN_MS }: WatchOptions,
): Promise<never> {
  const reporter: TaskReporter = { signal, total: nothing, phase: nothing, done: nothing, finished: nothing };
  const alarm = createAlarm(folder, signal);
  let seen = new Map<string, Seen>();
  try {
    await analyseWaitingFilms(workplace, reader, reporter);
    for (;;) {
      const files = await look(folder, seen, settleMs, signal);
      seen = files;
      // As of this look: what is written to while an import lasts has not rested since.
      const now = performance.now();
      const ready = [...files].filter(([, { since, restMs }]) => now - since >= restMs);
      if (ready.length > 0) {
        for (const [path, file] of ready) files.set(path, { ...file, restMs: Infinity });
        const leaves = (path: string): boolean => {
          const file = files.get(path);
          if (file === undefined || now - file.since >= patienceMs) return false;
          files.set(path, { ...file, restMs: patienceMs });
          return true;
        };
        const paths = ready.map(([path]) => path);
        await importFilms(workplace, reader, paths, reporter, { onFile, leaves });
      } else {
        const isComing = [...files.values()].some(({ restMs }) => restMs < Infinity);
        await alarm.wait(isComing ? settleMs : scanMs, !isComing);
      }
    }
  } finally {
    alarm.close();
  }
}

function nothing(): void {
  // The command line tells of each file itself.
}

/** All files below the folder as they are now; what has vanished is forgotten. */
async function look(
  folder: string,
  before: ReadonlyMap<string, Seen>,
  settleMs: number,
  signal: AbortSignal,
): Promise<Map<string, Seen>> {
  const now = new Map<string, Seen>();
  for await (const path of filesBelow(folder)) {
    if (signal.aborted) throw cancelled();
    const status = await stat(systemPath(path)).catch(() => null);
    // A file that is only being made has no bytes yet.
    if (status === null || !status.isFile() || status.size === 0) continue;
    const { size, mtimeMs } = status;
    const known = before.get(path);
    const isSame = known?.size === size && known.mtimeMs === mtimeMs;
    now.set(path, isSame ? known : { size, mtimeMs, since: performance.now(), restMs: settleMs });
  }
  return now;
}

/** Dot files are how many programs name what they are still writing. A DICOMDIR is no film. */
async function* filesBelow(folder: string, isInside = false): AsyncGenerator<string> {
  try {
    for await (const { name, path, kind } of listFolder(folder)) {
      if (name.startsWith('.') || isDicomdir(name)) continue;
      if (kind === 'file') yield path;
      else if (kind === 'folder') yield* filesBelow(path, true);
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    // A folder inside may go while it is read; the folder itself must be there.
    const status = isInside ? null : await stat(systemPath(folder)).catch(() => null);
    if (!isInside && status?.isDirectory() !== true) {
      throw new AppError('file/not-found', 'The watched folder is gone.', {}, error);
    }
  }
}

type Alarm = {
  /** Resolves after that time, sooner where something happens and `canWake`; throws `task/cancelled`. */
  wait(milliseconds: number, canWake: boolean): Promise<void>;
  close(): void;
};

function createAlarm(folder: string, signal: AbortSignal): Alarm {
  let wake: () => void = nothing;
  let rang = false;
  function ring(): void {
    rang = true;
    wake();
  }
  const watcher = startWatcher(folder, ring);
  async function wait(milliseconds: number, canWake: boolean): Promise<void> {
    if (signal.aborted) throw cancelled();
    if (!(canWake && rang)) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(end, milliseconds);
        signal.addEventListener('abort', end);
        wake = canWake ? end : nothing;
        function end(): void {
          clearTimeout(timer);
          signal.removeEventListener('abort', end);
          wake = nothing;
          resolve();
        }
      });
    }
    rang = false;
    if (signal.aborted) throw cancelled();
  }
  return { wait, close: () => watcher?.close() };
}

/** Null where the system can't tell (no more watches, some network drives): looks alone find what comes. */
function startWatcher(folder: string, ring: () => void): { close(): void } | null {
  try {
    const watcher = watch(folder, { recursive: true, persistent: false }, ring);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}
