/** A few named entries of a wheel, each streamed to a file: the libraries are larger than memory should be. */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { AppError, cancelled } from '#main/contract/errors';
import type { PinnedWheel } from './pinnedPack';

/** Passes everything on, tells how much, and fails at the end where the checksum is not the archive's. */
function checked(entry: Entry, onBytes: (bytes: number) => void): Transform {
  let sum = 0;
  return new Transform({
    transform: (piece: Buffer, _, done) => {
      sum = crc32(piece, sum);
      onBytes(piece.length);
      done(null, piece);
    },
    flush: (done) => done(sum === entry.crc32 ? null : new Error('The checksum of an entry is wrong.')),
  });
}

async function unpackEntries(
  zip: ZipFile,
  entries: PinnedWheel['entries'],
  folder: string,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const wanted = entries instanceof RegExp ? null : new Map(Object.entries(entries));
  const found = new Set<string>();
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileName;
    const file = entries instanceof RegExp ? (entries.test(name) ? name : undefined) : wanted?.get(name);
    // yauzl refuses names that lead out of the folder.
    if (file === undefined || found.has(name)) continue;
    const source = await zip.openReadStreamPromise(entry);
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await pipeline(source, checked(entry, onBytes), createWriteStream(join(folder, file)), { signal });
    found.add(name);
  }
  const missing = [...(wanted?.keys() ?? [])].filter((name) => !found.has(name));
  if (missing.length > 0 || found.size === 0) throw new Error(`The wheel lacks ${missing.join(', ')}.`);
}

/**
 * `entries` are put under `folder` as `PinnedWheel` says; `onBytes` is told of each piece written. Throws
 * `engine/pack-damaged`, `task/cancelled`.
 */
export async function unpackWheel(
  wheel: string,
  entries: PinnedWheel['entries'],
  folder: string,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<void> {
  let zip: ZipFile | null = null;
  try {
    zip = await openPromise(wheel, { autoClose: false, validateEntrySizes: true });
    await unpackEntries(zip, entries, folder, signal, onBytes);
  } catch (error) {
    if (signal.aborted) throw cancelled();
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw error;
    throw new AppError('engine/pack-damaged', 'The downloaded package can not be unpacked.', {}, error);
  } finally {
    zip?.close();
  }
}
