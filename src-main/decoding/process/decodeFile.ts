/** The road of one film from its bytes to all that was asked for: pixels, pictures, and the network's input. */
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { preprocess } from '#main/chexnet/preprocess/preprocess';
import { cancelled } from '#main/contract/errors';
import { overlaysPath, type DecodedFilm, type FilmWarning, type VoiPreset } from '#main/contract/film';
import { NOTICE } from '#main/contract/prediction';
import type { DecodeReply, DecodeRequest, Digest, FilmSource, UnreadFile } from '#main/decoding/protocol/protocol';
import { looksLikeDicom, readDicomFacts } from '#main/imaging/dicom/readDicom';
import type { DicomCodecs, FilmPixels } from '#main/imaging/filmPixels';
import { fingerprint } from '#main/imaging/fingerprint/fingerprint';
import { displayGrey, displayTable, type PaddingDisplay } from '#main/imaging/grey/displayTable';
import { squareSize } from '#main/imaging/grey/squareSize';
import { turnedSize, turnPicture } from '#main/imaging/grey/turn';
import { warnOfUnusualPicture } from '#main/imaging/kind/looksLikeFrontalChest';
import { resizeBilinear } from '#main/imaging/resize/resizeBilinear';
import { inflateRaw } from './codecs/createCodecs';
import { chooseWindow } from './chooseWindow';
import { readFilm } from './readFilm';
import { readSource } from './readSource';
import { resizeTo } from './resizeTo';
import { writeAtomically } from './writeAtomically';
import { writePgm } from './writePgm';
import { writePng, type GreyPicture } from './writePng';

export type LoadCodecs = () => Promise<DicomCodecs>;

export async function decodeFile(
  request: DecodeRequest,
  codecs: LoadCodecs,
  signal: AbortSignal,
): Promise<DecodeReply> {
  const { source, ageRangeYears, input, override } = request;
  const bytes = await readSource(source);
  await pause(signal);
  const film = await readFilm(bytes, {
    ageRangeYears,
    firstFrameOnly: !request.md5,
    fromArchive: source.entry !== null,
    codecs,
  });
  await pause(signal);
  const rendered = request.render === null ? null : chooseWindow(film.grey, request.render.window);
  const shown = displayFilm(film, chooseWindow(film.grey, { kind: 'default' }));
  await pause(signal);
  await writeProducts(request, film, shown, rendered);
  await pause(signal);
  const isJudged = film.refusal === null || film.refusal.code === override;
  return {
    film: describeFilm(film, bytes, shown, request.md5),
    input: input !== null && isJudged ? preprocess(shown.grey, shown.rows, shown.columns, input) : null,
    rendered,
  };
}

/** Display grey as the screen shows it: through the window, head up, of square pixels; white where `ink` is not 0. */
function displayFilm(
  { samples, grey, geometry }: FilmPixels,
  preset: VoiPreset,
  padding: PaddingDisplay = 'masked',
  ink: Uint8Array | null = null,
): GreyPicture {
  const { turn } = geometry;
  const { rows, columns } = squareSize(geometry);
  const stored = displayGrey(samples, grey.sample, displayTable(grey, preset, grey.inverted, padding));
  ink?.forEach((bits, index) => {
    if (bits !== 0) stored[index] = 255;
  });
  const square =
    geometry.pixelAspect === 1 ? stored : resizeBilinear(stored, geometry.rows, geometry.columns, rows, columns);
  return { grey: turnPicture(square, rows, columns, turn), ...turnedSize(rows, columns, turn) };
}

async function writeProducts(
  { pixelsTo, thumbnailTo, render, pgmTo }: DecodeRequest,
  film: FilmPixels,
  shown: GreyPicture,
  rendered: VoiPreset | null,
): Promise<void> {
  const { samples } = film;
  // Every machine that Electron runs on is little-endian, so the memory is the file.
  if (pixelsTo !== null) {
    await writeAtomically(pixelsTo, new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    const ink = film.overlayPlane();
    if (ink !== null) await writeAtomically(overlaysPath(pixelsTo), ink);
  }
  if (thumbnailTo !== null) await writePng(thumbnailTo, resizeTo(shown, thumbnailSide(shown)));
  // Padding is kept in a rendering, as other tools show it: the picture is there to be compared.
  if (render !== null && rendered !== null) {
    const ink = render.overlays ? film.overlayPlane() : null;
    await writePng(render.to, displayFilm(film, rendered, 'kept', ink), NOTICE);
  }
  if (pgmTo !== null) await writePgm(pgmTo, film);
}

/** Longer side of a thumbnail; small films are not enlarged. */
function thumbnailSide({ rows, columns }: GreyPicture): number {
  return Math.min(256, Math.max(rows, columns));
}

function describeFilm(film: FilmPixels, bytes: Uint8Array, shown: GreyPicture, md5: boolean): DecodedFilm {
  const { encoding, geometry, grey, facts, warnings, refusal } = film;
  return {
    ...digestOf(bytes),
    encoding,
    geometry,
    grey,
    facts,
    warnings: [...warnings, ...(refusal === null ? lookAt(shown) : [])],
    refusal,
    pixelsMd5: md5 ? createHash('md5').update(film.storedBytes).digest('hex') : null,
    fingerprint: fingerprint(shown.grey, shown.rows, shown.columns),
  };
}

/** Sides of the square in which a film is compared with chest films. */
const LOOK_PIXELS = 64;

/** What the picture itself says of a film that its header lets pass. */
function lookAt({ grey, rows, columns }: GreyPicture): FilmWarning[] {
  const small = resizeBilinear(grey, rows, columns, LOOK_PIXELS, LOOK_PIXELS);
  const warning = warnOfUnusualPicture(small, LOOK_PIXELS);
  return warning === null ? [] : [warning];
}

/** A film in display grey through its default window, and nothing else of it; whether it may be judged does not matter. */
export async function readUpright(source: FilmSource, codecs: LoadCodecs): Promise<GreyPicture> {
  const fromArchive = source.entry !== null;
  const film = await readFilm(await readSource(source), {
    ageRangeYears: ANY_AGE,
    firstFrameOnly: true,
    fromArchive,
    codecs,
  });
  return displayFilm(film, chooseWindow(film.grey, { kind: 'default' }));
}

const ANY_AGE = [0, Infinity] as const;

/** Hashes a film without decoding it, and copies its bytes. */
export async function digestFile(source: FilmSource, copyTo: string | null): Promise<Digest> {
  const bytes = await readSource(source);
  if (copyTo !== null) await writeAtomically(copyTo, bytes);
  return digestOf(bytes);
}

/** Of a film that could not be decoded: its hash, and whose film it is. No codec of pictures is touched. */
export async function describeUnread(source: FilmSource): Promise<UnreadFile> {
  const bytes = await readSource(source);
  const facts = looksLikeDicom(bytes) ? readDicomFacts(bytes, { inflateRaw }) : null;
  return { ...digestOf(bytes), facts };
}

function digestOf(bytes: Uint8Array): Digest {
  return { contentSha256: createHash('sha256').update(bytes).digest('hex'), byteLength: bytes.length };
}

/** Between two steps: lets a message that cancels come in, and obeys it. */
async function pause(signal: AbortSignal): Promise<void> {
  await setImmediate();
  if (signal.aborted) throw cancelled();
}
