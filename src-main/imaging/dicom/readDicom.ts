/** A DICOM file in memory → a film: header, pixels, grey, and what is to be said about them. */
import { AppError } from '#main/contract/errors';
import type { FilmFacts, FilmWarning } from '#main/contract/film';
import type { DicomCodecs, FilmPixels } from '../filmPixels';
import { isTurned } from '../grey/turn';
import { judgeFilm } from '../kind/judgeFilm';
import { attributesOf, type Attributes } from './attributes';
import { firstFrame } from './firstFrame';
import { parseDataSet, type ParsedDicom } from './parseDataSet';
import { readEncoding, type StoredPicture } from './readEncoding';
import { readFacts } from './readFacts';
import { readGeometry } from './readGeometry';
import { readGrey, readPalette } from './readGrey';
import { readHints } from './readHints';
import { drawOverlays } from './readOverlays';
import { readStoredBytes, type StoredBytes } from './readStoredBytes';
import { toSamples, type Samples } from './toSamples';

export { looksLikeDicom } from './parseDataSet';

export type ReadOptions = {
  readonly ageRangeYears: readonly [number, number];
  readonly today?: string;
  /** The stored bytes of the others are not needed. */
  readonly firstFrameOnly?: boolean;
};

/**
 * Throws AppError where no picture can be shown: the `dicom/*` codes and what `codecs` throw. What can be shown but
 * not judged comes back with `refusal` set. `ageRangeYears` is the closed range that the model may judge, `today`
 * (YYYY-MM-DD) the day by which a birth date is too young for it; without one only the study's date counts.
 */
export function readDicom(bytes: Uint8Array, codecs: DicomCodecs, options: ReadOptions): FilmPixels {
  const parsed = parseDataSet(bytes, codecs);
  const attributes = firstFrame(attributesOf(parsed));
  const repairs = [...parsed.repairs];
  const facts = readFacts(attributes);
  const picture = readEncoding(parsed, attributes, repairs);
  const stored = readStoredBytes(
    parsed,
    attributes,
    picture,
    codecs,
    options.firstFrameOnly === true ? 1 : picture.frames,
  );
  const palette = readPalette(attributes, picture, parsed.littleEndian);
  if (picture.photometricInterpretation === 'PALETTE COLOR' && palette === null) {
    throw new AppError('dicom/unsupported-pixels', 'The file has palette colours without a palette that can be read.');
  }
  const samples = toSamples(stored, picture, palette);
  const grey = readGrey(attributes, picture, samples, parsed.littleEndian, repairs);
  const geometry = readGeometry(attributes, picture, repairs);
  const judgement = judgeFilm(
    {
      facts,
      hints: readHints(attributes, picture, options.today ?? '', repairs),
      rows: picture.rows,
      columns: picture.columns,
      frames: picture.frames,
      bitsAllocated: picture.bitsAllocated,
      missing: stored.missing,
      isConstant: grey.minimum === grey.maximum,
      isBilevel: false,
      colourfulness: samples.colourfulness,
    },
    options.ageRangeYears,
  );
  return {
    samples: samples.samples,
    storedBytes: stored.bytes,
    encoding: encodingOf(picture),
    geometry,
    grey,
    facts,
    overlayPlane: () => drawOverlays(attributes, picture, stored.bytes, parsed.littleEndian),
    warnings: [
      ...judgement.warnings,
      ...pixelWarnings(stored, samples, picture, attributes),
      ...(parsed.cutBehindPixels && stored.missing === null ? [CUT_BEHIND_PIXELS] : []),
      ...(isTurned(geometry.turn) ? [TURNED] : []),
      ...(geometry.pixelAspect === 1 ? [] : [aspectWarning(geometry.pixelAspect)]),
      ...(grey.presets[0]?.origin === 'percentile' ? [WINDOW_CHOSEN] : []),
      ...(grey.padding === null ? [] : [paddingWarning(grey.padding)]),
      ...(repairs.length === 0 ? [] : [{ code: 'header-repaired', message: repairs.join(' ') } as const]),
    ],
    refusal: judgement.refusal,
  };
}

/** What the header tells even where the pixels cannot be read; null where it cannot be read either. */
export function readDicomFacts(bytes: Uint8Array, codecs: Pick<DicomCodecs, 'inflateRaw'>): FilmFacts | null {
  let parsed: ParsedDicom;
  try {
    parsed = parseDataSet(bytes, codecs);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
  return readFacts(firstFrame(attributesOf(parsed)));
}

const TURNED: FilmWarning = {
  code: 'turned-by-header',
  message: 'The film is shown turned, because its header (PatientOrientation) says how it was stored.',
};
const CUT_BEHIND_PIXELS: FilmWarning = {
  code: 'incomplete',
  message: 'The file ends inside an element that follows the picture, which is all there.',
};
const WINDOW_CHOSEN: FilmWarning = {
  code: 'window-chosen',
  message: 'The file gives no window through which the film can be seen; one was chosen from the histogram.',
};

function aspectWarning(aspect: number): FilmWarning {
  const shape =
    aspect > 1 ? `${aspect.toFixed(2)} times as high as wide` : `${(1 / aspect).toFixed(2)} times as wide as high`;
  return { code: 'pixels-not-square', message: `Pixels are ${shape}; the film is shown in its true shape.` };
}

function paddingWarning({ low, high }: { readonly low: number; readonly high: number }): FilmWarning {
  const range = low === high ? `${low}` : `${low} to ${high}`;
  return { code: 'padding', message: `Pixels of value ${range} are background and shown black.` };
}

function pixelWarnings(
  stored: StoredBytes,
  samples: Samples,
  picture: StoredPicture,
  attributes: Attributes,
): FilmWarning[] {
  const warnings: FilmWarning[] = stored.mismatches.map((message) => ({ code: 'pixel-header-mismatch', message }));
  if (stored.missing !== null) warnings.push({ code: 'incomplete', message: stored.missing });
  if (picture.frames > 1) {
    warnings.push({ code: 'several-frames', message: `The first of ${picture.frames} frames is shown.` });
  }
  if (samples.fromColour) {
    const from = picture.photometricInterpretation;
    warnings.push({ code: 'colour', message: `The film is stored in colour (${from}) and shown in grey.` });
  }
  if (attributes.hasUncertainText()) {
    const message = 'Some text could not be read with the character set that the file declares.';
    warnings.push({ code: 'charset-unknown', message });
  }
  return warnings;
}

function encodingOf(picture: StoredPicture): FilmPixels['encoding'] {
  const { format, transferSyntax, frames, bitsAllocated, bitsStored, highBit } = picture;
  const { pixelRepresentation, photometricInterpretation, samplesPerPixel } = picture;
  return {
    format,
    transferSyntax,
    frames,
    bitsAllocated,
    bitsStored,
    highBit,
    pixelRepresentation,
    photometricInterpretation,
    samplesPerPixel,
  };
}
