/**
 * Pictures of the films that a report shows: those that the model was most wrong about. They are drawn from the
 * originals; a film that is not there any more, or is not the film of the report any more, has none.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isCancelled } from '#main/contract/errors';
import type { ErrorGallery, FilmOriginal } from '#main/contract/evaluation';
import type { DecodePool } from '#main/decoding/host/decodePool';
import { mapConcurrently } from '../mapConcurrently';
import type { Workbench } from '../openWorkbench';
import type { Pictures } from './reportGallery';

/** 40 films of each of 10 findings: nobody looks at more of them. */
const MOST_PICTURES = 400;
/** Of the pictures in one page, which then stays small enough to be opened and sent. */
const LARGEST_BYTES = 12e6;

/** By finding: an evaluation's findings, or the galleries of an acceptance test. */
type Galleries = Readonly<Record<string, ErrorGallery>>;

/** Every film of the galleries once, the worst of each finding first. */
function galleryOriginals(findings: Galleries): readonly FilmOriginal[] {
  const galleries = Object.values(findings).flatMap(({ falseNegatives, falsePositives }) => [
    falseNegatives,
    falsePositives,
  ]);
  const deepest = Math.max(0, ...galleries.map(({ length }) => length));
  const byContent = new Map<string, FilmOriginal>();
  for (let place = 0; place < deepest; place++) {
    for (const gallery of galleries) {
      const original = gallery[place]?.original ?? null;
      if (original !== null) byContent.set(original.contentSha256, original);
    }
  }
  return [...byContent.values()];
}

type PicturePlace = (contentSha256: string) => string;

export const NO_PICTURES: Pictures = new Map();

type Options = { readonly signal?: AbortSignal; readonly onProgress?: (done: number) => void };
type Bench = Pick<Workbench, 'decoder' | 'jobs'>;

/** Drawn for this page, and kept nowhere else. Throws as `drawPictures` does. */
export async function takePictures(bench: Bench, findings: Galleries, options: Options): Promise<Pictures> {
  const folder = await mkdtemp(join(tmpdir(), 'hilum-pictures-'));
  try {
    const placeOf = (contentSha256: string): string => join(folder, `${contentSha256}.jpg`);
    await drawPictures(bench, findings, placeOf, options);
    return await readPictures(findings, placeOf);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `onProgress` is told how many are done. Throws `task/cancelled`. */
export async function drawPictures(
  { decoder, jobs }: Bench,
  findings: Galleries,
  placeOf: PicturePlace,
  { signal, onProgress }: Options,
): Promise<void> {
  const originals = galleryOriginals(findings).slice(0, MOST_PICTURES);
  let done = 0;
  const drawing = mapConcurrently(originals, jobs, async (original) => draw(decoder, original, placeOf, signal));
  while ((await drawing.next()).done !== true) onProgress?.((done += 1));
}

async function draw(
  decoder: DecodePool,
  { path, entry, contentSha256 }: FilmOriginal,
  placeOf: PicturePlace,
  signal: AbortSignal | undefined,
): Promise<void> {
  const source = { path, entry };
  try {
    if ((await decoder.digest(source, null, signal)).contentSha256 !== contentSha256) return;
    await decoder.picture({ source, to: placeOf(contentSha256) }, signal);
  } catch (error) {
    // The report is worth having without this picture, and says that it has none.
    if (isCancelled(error) || signal?.aborted === true) throw error;
  }
}

/** JPEG as base64, by content: as many as a page may hold, the worst of each finding first. */
export async function readPictures(findings: Galleries, placeOf: PicturePlace): Promise<Pictures> {
  const pictures = new Map<string, string>();
  let bytes = 0;
  for (const { contentSha256 } of galleryOriginals(findings)) {
    const picture = await readFile(placeOf(contentSha256)).catch(() => null);
    if (picture === null) continue;
    bytes += picture.length;
    if (bytes > LARGEST_BYTES) break;
    pictures.set(contentSha256, picture.toString('base64'));
  }
  return pictures;
}
