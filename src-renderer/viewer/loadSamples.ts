/** Stored samples of a film through `film://`: raw little-endian values, rows×columns, not turned. */
import type { FilmView } from '#main/contract/study';
import { AppError } from '#main/contract/errors';
import { overlaysUrl, pixelsUrl } from '../shared/filmUrls';
import type { FilmSamples } from './filmPicture';

/** Throws AppError `file/vanished` where neither the cache nor the original has pixels, `internal/unexpected` else. */
export async function loadSamples(film: FilmView, signal: AbortSignal): Promise<FilmSamples> {
  const response = await fetch(pixelsUrl(film.id), { signal });
  if (!response.ok) throw new AppError('file/vanished', `The pixels of ${film.fileName} are not available.`);
  const buffer = await response.arrayBuffer();
  const samples = SAMPLE_VIEWS[film.grey.sample](buffer);
  const expected = film.geometry.rows * film.geometry.columns;
  if (samples.length === expected) return samples;
  throw new AppError('internal/unexpected', `The pixels of ${film.fileName} have the wrong length.`, {
    expected,
    actual: samples.length,
  });
}

/** What the film's overlays draw, [rows*columns], bit i for the i-th; null where that is nothing. */
export async function loadOverlays(film: FilmView, signal: AbortSignal): Promise<Uint8Array | null> {
  const response = await fetch(overlaysUrl(film.id), { signal });
  if (!response.ok) return null;
  const plane = new Uint8Array(await response.arrayBuffer());
  return plane.length === film.geometry.rows * film.geometry.columns ? plane : null;
}

/** Every machine that Electron runs on is little-endian, as the cache is. */
const SAMPLE_VIEWS: Readonly<Record<FilmView['grey']['sample'], (buffer: ArrayBuffer) => FilmSamples>> = {
  uint8: (buffer) => new Uint8Array(buffer),
  uint16: (buffer) => new Uint16Array(buffer, 0, buffer.byteLength >> 1),
  int16: (buffer) => new Int16Array(buffer, 0, buffer.byteLength >> 1),
};
