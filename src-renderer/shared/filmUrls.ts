/** Addresses of a film's pixels and small picture: the only ones that the window may fetch. */
import type { FilmId } from '#main/contract/ids';

const FILMS = 'film://';

export function pixelsUrl(filmId: FilmId): string {
  return `${FILMS}pixels/${filmId}`;
}

export function overlaysUrl(filmId: FilmId): string {
  return `${FILMS}overlays/${filmId}`;
}

export function thumbnailUrl(filmId: FilmId): string {
  return `${FILMS}thumbnail/${filmId}`;
}

/** Of a film that an evaluation shows. */
export function pictureUrl(contentSha256: string): string {
  return `${FILMS}picture/${contentSha256}`;
}
