/**
 * Brings a file, checked. What an interrupted download has brought stays, and the next one goes on from there where
 * the server allows it; nobody uses the file before its hash was compared.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm, stat } from 'node:fs/promises';
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

/** Throws `engine/pack-damaged` where it is not the file that was pinned, `file/not-found`, `file/unreadable`. */
export async function checkFile(path: string, { file, sha256 }: Wanted, signal: AbortSignal): Promise<void> {
  const hash = createHash('sha256');
  try {
    for await (const piece of createReadStream(path)) {
      if (signal.aborted) throw cancelled();
      hash.update(piece as Buffer);
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing) throw new AppError('file/not-found', 'There is no such wheel.', {}, error);
    throw new AppError('file/unreadable', 'The wheel can not be read.', {}, error);
  }
  if (hash.digest('hex') === sha256) return;
  throw new AppError('engine/pack-damaged', `${file} is not the file that this version of Hilum expects.`, { file });
}

/** Appends what is missing of the file; from the start where the server does not know parts of files. */
async function fetchRest(
  network: Network,
  url: string,
  path: string,
  { file, bytes }: Wanted,
  signal: AbortSignal,
  onBytes: (done: number) => void,
): Promise<void> {
  const had = await sizeOf(path);
  if (had === bytes) return;
  const start = had > bytes ? 0 : had;
  const { host } = new URL(url);
  const response = await network.get(url, start === 0 ? {} : { range: `bytes=${start}-` }, signal);
  const isRest = response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${start}-`);
  if (!response.ok || response.body === null || (response.status === 206 && isRest !== true)) {
    await rm(path, { force: true });
    throw new AppError('engine/download-failed', `${host} answered ${response.status} for ${file}.`, { host, file });
  }
  let done = isRest === true ? start : 0;
  const handle = await open(path, isRest === true ? 'a' : 'w');
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
 * Leaves the file at `path`; one that is whole is not fetched again. `onBytes` is told how many there are. Throws `engine/download-failed`,
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
  await mkdir(dirname(path), { recursive: true });
  await fetchRest(network, url, path, wanted, signal, onBytes);
  if ((await sizeOf(path)) < wanted.bytes) {
    throw new AppError('engine/download-failed', `The download of ${wanted.file} ended too early.`, {
      file: wanted.file,
    });
  }
  try {
    await checkFile(path, wanted, signal);
  } catch (error) {
    // Going on from a damaged beginning would never come to a good end.
    if (!signal.aborted) await rm(path, { force: true });
    throw error;
  }
}
