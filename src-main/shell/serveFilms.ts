/**
 * `film://pixels/ID`, `film://overlays/ID`, `film://thumbnail/ID`: stored samples, what a film's overlays draw (404 where
 * that is nothing) and small pictures; `film://picture/SHA-256` of a film that an evaluation shows; streamed from the pixel cache.
 * Pixels go this way because IPC would copy them through the main process.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { protocol } from 'electron';
import { overlaysPath } from '#main/contract/film';
import type { FilmId } from '#main/contract/ids';
import { APP_ORIGIN } from './lockDown';

export type FilmFiles = {
  /** Where the file of that film would lie; whether it does is seen when it is opened. Throws `database/not-found`. */
  pixels: (filmId: FilmId) => Promise<string>;
  thumbnail: (filmId: FilmId) => Promise<string>;
  picture: (contentSha256: string) => Promise<string>;
};

export function serveFilms(files: FilmFiles): void {
  protocol.handle('film', async (request) => {
    const url = new URL(request.url);
    const id = url.pathname.slice(1);
    const kind = KINDS[url.host];
    if (kind === undefined || !/^[0-9a-z-]{1,64}$/.test(id)) return answer(null, '');
    // A film that is not known has no files; why is told by the call that opens it, not here.
    const path = await files[kind.files](id as FilmId).catch(() => null);
    return answer(path === null ? null : (kind.beside?.(path) ?? path), kind.type);
  });
}

type Kind = {
  readonly files: keyof FilmFiles;
  /** The file lies beside that one. */
  readonly beside?: (path: string) => string;
  readonly type: string;
};

const KINDS: Readonly<Record<string, Kind>> = {
  pixels: { files: 'pixels', type: 'application/octet-stream' },
  overlays: { files: 'pixels', beside: overlaysPath, type: 'application/octet-stream' },
  thumbnail: { files: 'thumbnail', type: 'image/png' },
  picture: { files: 'picture', type: 'image/jpeg' },
};

async function answer(path: string | null, type: string): Promise<Response> {
  const size = path === null ? null : await sizeOf(path);
  if (path === null || size === null) return new Response(null, { status: 404, headers: cors() });
  const body = Readable.toWeb(createReadStream(path)) as ReadableStream;
  return new Response(body, {
    headers: { ...cors(), 'content-type': type, 'content-length': String(size), 'cache-control': 'no-store' },
  });
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch {
    return null;
  }
}

function cors(): Record<string, string> {
  return { 'access-control-allow-origin': APP_ORIGIN };
}
