/**
 * Brings a file whole and checked, or not at all. What an interrupted download has brought stays beside it, and the
 * next one goes on from there where the server allows it.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError, cancelled } from '#main/contract/errors';
import { unreachable, type Network } from './openNetwork';

export type Wanted = { readonly file: string; readonly bytes: number; readonly sha256: string };

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Throws `engine/pack-damaged` where it is not the file that was pinned. */
export async function checkFile(path: string, { file, sha256 }: Wanted, signal: AbortSignal): Promise<void> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) {
    if (signal.aborted) throw cancelled();
    hash.update(piece as Buffer);
  }
  if (hash.digest('hex') === sha256) return;
  throw new AppError('engine/pack-damaged', `${file} is not the file that this version of Hilum expects.`, { file });
}

/** Appends what is missing of `part`; from the start where the server does not know parts of files. */
async function fetchRest(
  network: Network,
  url: string,
  part: string,
  { file, bytes }: Wanted,
  signal: AbortSignal,
  onBytes: (done: number) => void,
): Promise<void> {
  const had = await sizeOf(part);
  if (had === bytes) return;
  const start = had > bytes ? 0 : had;
  const { host } = new URL(url);
  const response = await network.get(url, start === 0 ? {} : { range: `bytes=${start}-` }, signal);
  const isRest = response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${start}-`);
  if (!response.ok || response.body === null || (response.status === 206 && isRest !== true)) {
    await rm(part, { force: true });
    throw new AppError('engine/download-failed', `${host} answered ${response.status} for ${file}.`, { host, file });
  }
  let done = isRest === true ? start : 0;
  const handle = await open(part, isRest === true ? 'a' : 'w');
  try {
    for await (const piece of response.body) {
      await handle.write(piece as Uint8Array);
      done += (piece as Uint8Array).length;
      onBytes(done);
      if (done > bytes) break;
    }
  } catch (error) {
    if (signal.aborted) throw cancelled();
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw error;
    throw unreachable(host, error);
  } finally {
    await handle.close();
  }
}

/**
 * Leaves the file at `path`. `onBytes` is told how many there are. Throws `engine/download-failed`,
 * `engine/pack-damaged`, `task/cancelled`.
 */
export async function downloadWheel(
  network: Network,
  url: string,
  path: string,
  wanted: Wanted,
  signal: AbortSignal,
  onBytes: (done: number) => void,
): Promise<void> {
  const part = `${path}.part`;
  await mkdir(dirname(path), { recursive: true });
  await fetchRest(network, url, part, wanted, signal, onBytes);
  if ((await sizeOf(part)) < wanted.bytes) {
    throw new AppError('engine/download-failed', `The download of ${wanted.file} ended too early.`, {
      file: wanted.file,
    });
  }
  try {
    await checkFile(part, wanted, signal);
  } catch (error) {
    // Going on from a damaged beginning would never come to a good end.
    if (!signal.aborted) await rm(part, { force: true });
    throw error;
  }
  await rename(part, path);
}
