/**
 * `film://pixels/ID` and `film://thumbnail/ID`: stored samples and small pictures, streamed from the pixel cache.
 * Pixels go this way because IPC would copy them through the main process.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { protocol } from 'electron';
import type { FilmId } from '#main/contract/ids';
import { APP_ORIGIN } from './lockDown';

export type FilmFiles = {
  /** Null where there is no such film, or nothing of it lies in the cache. */
  pixels: (filmId: FilmId) => Promise<string | null>;
  thumbnail: (filmId: FilmId) => Promise<string | null>;
};

export function serveFilms(files: FilmFiles): void {
  protocol.handle('film', async (request) => {
    const url = new URL(request.url);
    const filmId = url.pathname.slice(1);
    if (!/^[0-9a-z-]{1,64}$/.test(filmId)) return answer(null, '');
    if (url.host === 'pixels') return answer(await files.pixels(filmId as FilmId), 'application/octet-stream');
    if (url.host === 'thumbnail') return answer(await files.thumbnail(filmId as FilmId), 'image/png');
    return answer(null, '');
  });
}

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
