/** Sees to it that a film's pixels lie in the cache, so that the window can show them. */
import type { StoredFilm } from '#main/database/databaseApi';
import type { FilmReader } from './analyseFilm';
import type { Workplace } from './openWorkplace';
import { originalPresent, vanished } from './originalPresent';
import { decodeRequest } from './readFilm';

/** Throws `file/vanished` where neither the cache nor the original has them. */
export async function showFilm(
  workplace: Workplace,
  reader: Pick<FilmReader, 'card'>,
  stored: StoredFilm,
  signal?: AbortSignal,
): Promise<void> {
  const { database, decoder, pixels } = workplace;
  const { filmId, origin, contentSha256 } = stored;
  const present = await originalPresent(origin);
  await database.setOriginalPresent({ filmId, present });
  if (await pixels.has(contentSha256)) return pixels.note(contentSha256);
  if (!present) throw vanished(origin);
  const source = { path: origin.path, entry: origin.entry };
  await decoder.decode(
    {
      ...decodeRequest(reader, source),
      input: null,
      pixelsTo: pixels.pathFor(contentSha256),
      thumbnailTo: pixels.thumbnailPathFor(contentSha256),
    },
    signal,
  );
  await pixels.note(contentSha256);
}
