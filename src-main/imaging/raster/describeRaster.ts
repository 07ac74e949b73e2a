/** A decoded PNG, JPEG or TIFF as a film: such files say nothing of patient, view or window. */
import { NO_FACTS, type FilmWarning, type GreyDescription, type Turn } from '#main/contract/film';
import type { FilmPixels } from '../filmPixels';
import { countValues, IDENTITY_PRESET, percentileWindow } from '../grey/presets';
import { isTurned, NO_TURN } from '../grey/turn';
import { judgeFilm, NO_HINTS } from '../kind/judgeFilm';
import type { RasterFormat } from './sniffFormat';
import { toGrey, type ColourModel, type RasterSamples } from './toGrey';

export type RasterPicture = {
  readonly format: RasterFormat;
  readonly rows: number;
  readonly columns: number;
  readonly model: ColourModel;
  readonly channels: number;
  /** As stored, pixel by pixel, [rows*columns*channels]; not turned. */
  readonly values: RasterSamples;
  /** EXIF orientation 1 … 8; anything else counts as 1. */
  readonly orientation: number;
  /** Pages of the file; the values are those of the first. */
  readonly pages: number;
  /** What of the pixels is missing or damaged, in a sentence; null where nothing is. */
  readonly missing: string | null;
};

/** `ageRangeYears` as readDicom takes it: a picture file never says an age, so it only makes a warning. */
export function describeRaster(picture: RasterPicture, ageRangeYears: readonly [number, number]): FilmPixels {
  const { rows, columns, values, orientation } = picture;
  const { samples, colourfulness, largestSpread } = toGrey(values, picture.channels, picture.model);
  const grey = describeGrey(samples);
  const turn = TURNS[orientation] ?? NO_TURN;
  const encoding = encodingOf(picture);
  const judgement = judgeFilm(
    {
      facts: NO_FACTS,
      hints: { ...NO_HINTS, lossy: LOSSY[picture.format] },
      rows,
      columns,
      frames: picture.pages,
      bitsAllocated: encoding.bitsAllocated,
      missing: picture.missing,
      isConstant: grey.minimum === grey.maximum,
      isBilevel: hasTwoValues(samples, grey),
      colourfulness,
    },
    ageRangeYears,
  );
  return {
    samples,
    storedBytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    encoding,
    geometry: { rows, columns, pixelSpacingMm: null, spacingOrigin: null, pixelAspect: 1, turn },
    grey,
    facts: NO_FACTS,
    overlayPlane: () => null,
    warnings: [
      ...judgement.warnings,
      ...(picture.missing === null ? [] : [{ code: 'incomplete', message: picture.missing } as const]),
      ...(picture.pages > 1 ? [severalPages(picture.pages)] : []),
      ...(largestSpread > GREY_SPREAD ? [COLOUR] : []),
      ...(isTurned(turn) ? [TURNED] : []),
      ...(grey.presets[0]?.origin === 'percentile' ? [WINDOW_CHOSEN] : []),
    ],
    refusal: judgement.refusal,
  };
}

/** Of a grey film that was kept as colour JPEG, red, green and blue differ by a few greys at the most. */
const GREY_SPREAD = 16;

const LOSSY: Readonly<Record<RasterFormat, string | null>> = {
  jpeg: 'The file is a JPEG: fine detail may have been lost.',
  png: null,
  tiff: null,
};

const COLOUR: FilmWarning = { code: 'colour', message: 'The picture is in colour and shown in grey.' };
const TURNED: FilmWarning = {
  code: 'turned-by-header',
  message: 'The film is shown turned, because the file (EXIF orientation) says how it was stored.',
};
const WINDOW_CHOSEN: FilmWarning = {
  code: 'window-chosen',
  message: 'The file gives no window; one was chosen from the histogram.',
};

function severalPages(pages: number): FilmWarning {
  return { code: 'several-frames', message: `The file holds ${pages} pages; the first is shown.` };
}

/** Mirrored left to right first, then turned clockwise: how EXIF 2.32, 4.6.4 A, says that rows and columns lie. */
const TURNS: Readonly<Record<number, Turn>> = {
  2: { quarterTurns: 0, mirrored: true },
  3: { quarterTurns: 2, mirrored: false },
  4: { quarterTurns: 2, mirrored: true },
  5: { quarterTurns: 3, mirrored: true },
  6: { quarterTurns: 1, mirrored: false },
  7: { quarterTurns: 1, mirrored: true },
  8: { quarterTurns: 3, mirrored: false },
};

/** 8 bits are shown as they are; 16 bits seldom fill their range and get a window from the histogram. */
function describeGrey(samples: RasterSamples): GreyDescription {
  const sample = samples instanceof Uint16Array ? 'uint16' : 'uint8';
  const counts = countValues(samples, sample);
  const linear: Pick<GreyDescription, 'sample' | 'rescale' | 'modalityTable' | 'padding'> = {
    sample,
    rescale: { slope: 1, intercept: 0 },
    modalityTable: null,
    padding: null,
  };
  return {
    ...linear,
    bitsStored: 8 * samples.BYTES_PER_ELEMENT,
    presets: [sample === 'uint8' ? IDENTITY_PRESET : percentileWindow(linear, counts)],
    inverted: false,
    minimum: counts.findIndex((count) => count > 0),
    maximum: counts.findLastIndex((count) => count > 0),
  };
}

/** Whether nothing lies between the smallest and the largest value. */
function hasTwoValues(samples: RasterSamples, { minimum, maximum }: GreyDescription): boolean {
  return samples.every((value) => value === minimum || value === maximum);
}

const PHOTOMETRIC: Readonly<Record<ColourModel, string>> = { grey: 'MONOCHROME2', rgb: 'RGB', cmyk: 'CMYK' };

function encodingOf({ format, pages, values, channels, model }: RasterPicture): FilmPixels['encoding'] {
  const bits = 8 * values.BYTES_PER_ELEMENT;
  return {
    format,
    transferSyntax: '',
    frames: pages,
    bitsAllocated: bits,
    bitsStored: bits,
    highBit: bits - 1,
    pixelRepresentation: 0,
    photometricInterpretation: PHOTOMETRIC[model],
    samplesPerPixel: channels,
  };
}
