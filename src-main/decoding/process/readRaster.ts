/** PNG, JPEG and TIFF through libvips: the stored values, without colour management, turning or rounding to 8 bits. */
import sharp, { type Metadata, type SharpOptions } from 'sharp';
import { AppError } from '#main/contract/errors';
import type { FilmPixels } from '#main/imaging/filmPixels';
import { describeRaster, type RasterPicture } from '#main/imaging/raster/describeRaster';
import { countPngFrames } from '#main/imaging/raster/countPngFrames';
import type { RasterFormat } from '#main/imaging/raster/sniffFormat';
import { layTiles, tilesAsStrips } from '#main/imaging/raster/tilesAsStrips';
import { unreadKind } from '#main/imaging/raster/unreadKind';
import type { ColourModel, RasterSamples } from '#main/imaging/raster/toGrey';
import { areDeflatedPiecesWhole } from './checkDeflated';

/** A process reads one file once: caches and threads would only make it larger. */
sharp.cache(false);
sharp.concurrency(1);

/** The largest film scanners give about 50 million; sizes are declared and may lie. */
const LARGEST_PIXELS = 100_000_000;

/** The declared size is checked by us, with a code of its own. */
const UNTOUCHED: SharpOptions = { limitInputPixels: false, ignoreIcc: true };

/** libvips' name of a colour space → what its channels are; other spaces are no film. */
const MODELS: Readonly<Record<string, ColourModel>> = {
  'b-w': 'grey',
  grey16: 'grey',
  srgb: 'rgb',
  rgb: 'rgb',
  rgb16: 'rgb',
  cmyk: 'cmyk',
};

/** Throws `image/malformed`, `image/unsupported` and `image/too-large`. */
export async function readRaster(
  bytes: Uint8Array,
  format: RasterFormat,
  ageRangeYears: readonly [number, number],
): Promise<FilmPixels> {
  if (format === 'jpeg' && !isEnded(bytes)) throw malformed(format, null);
  const metadata = await readMetadata(bytes, format);
  const { width: columns, height: rows, orientation = 1 } = metadata;
  // libvips reads an animated PNG as its first frame and does not tell.
  const pages = format === 'png' ? countPngFrames(bytes) : (metadata.pages ?? 1);
  const model = modelOf(metadata, format);
  const { values, channels, missing } = await readValues(bytes, metadata, format);
  const picture: RasterPicture = { format, rows, columns, model, channels, values, orientation, pages, missing };
  return describeRaster(picture, ageRangeYears);
}

async function readMetadata(bytes: Uint8Array, format: RasterFormat): Promise<Metadata> {
  let metadata: Metadata;
  try {
    metadata = await sharp(bytes, UNTOUCHED).metadata();
  } catch (error) {
    throw unreadable(bytes, format, error);
  }
  if (metadata.width * metadata.height > LARGEST_PIXELS) {
    const { width, height } = metadata;
    throw new AppError('image/too-large', `The picture has ${width} × ${height} pixels.`, { width, height });
  }
  return metadata;
}

function modelOf({ space, depth }: Metadata, format: RasterFormat): ColourModel {
  const model = MODELS[space];
  const isWhole = depth === 'uchar' || (depth === 'ushort' && model !== 'cmyk');
  if (model === undefined || !isWhole) {
    const kind = `${depth} values in the colour space ${space}`;
    throw new AppError('image/unsupported', `The ${format.toUpperCase()} file holds ${kind}.`, { space, depth });
  }
  return model;
}

type RasterValues = {
  readonly values: RasterSamples;
  readonly channels: number;
  readonly missing: string | null;
};

/**
 * libjpeg only warns of damaged data and goes on; such a picture may be looked at, and must not be judged.
 * Warnings about PNG and TIFF files are about their metadata.
 */
async function readValues(bytes: Uint8Array, metadata: Metadata, format: RasterFormat): Promise<RasterValues> {
  try {
    if (format === 'tiff') return { ...(await decodeTiff(bytes, metadata)), missing: null };
    return { ...(await decode(bytes, metadata, format === 'jpeg' ? 'warning' : 'error')), missing: null };
  } catch (error) {
    if (format !== 'jpeg') throw unreadable(bytes, format, error);
  }
  try {
    return { ...(await decode(bytes, metadata, 'error')), missing: 'The compressed data of the JPEG are damaged.' };
  } catch (error) {
    throw unreadable(bytes, format, error);
  }
}

async function decodeTiff(bytes: Uint8Array, metadata: Metadata) {
  const tiles = tilesAsStrips(bytes);
  const { values, channels } = await decode(tiles?.bytes ?? bytes, metadata, 'error');
  if (!areDeflatedPiecesWhole(bytes)) throw malformed('tiff', null);
  const { width: columns, height: rows } = metadata;
  return { values: tiles === null ? values : layTiles(values, tiles, { rows, columns, channels }), channels };
}

async function decode(bytes: Uint8Array, { space, depth }: Metadata, failOn: 'warning' | 'error') {
  const picture = sharp(bytes, { ...UNTOUCHED, failOn });
  // Both ends of the pipeline in the file's own space: anything else would convert on the way.
  if (space === 'cmyk') picture.pipelineColourspace('cmyk');
  picture.toColourspace(space).raw({ depth: depth as 'uchar' | 'ushort' });
  const { data, info } = await picture.toBuffer({ resolveWithObject: true });
  // A copy of its own, because 16-bit views need an even offset.
  const own = new Uint8Array(data);
  const values: RasterSamples = depth === 'ushort' ? new Uint16Array(own.buffer) : own;
  return { values, channels: info.channels };
}

/** A JPEG without an end-of-image marker after its last scan was cut off; libjpeg may fill up the rest in silence. */
function isEnded(bytes: Uint8Array): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return file.lastIndexOf('ffd9', undefined, 'hex') > file.lastIndexOf('ffda', undefined, 'hex');
}

/** A file of a kind that is not read is whole, and another program can turn it into one that is. */
function unreadable(bytes: Uint8Array, format: RasterFormat, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const kind = unreadKind(bytes, format);
  if (kind === null) return malformed(format, cause);
  return new AppError('image/unsupported', `The ${format.toUpperCase()} file holds ${kind}.`, {}, cause);
}

function malformed(format: RasterFormat, cause: unknown): AppError {
  return new AppError('image/malformed', `The ${format.toUpperCase()} file is cut off or damaged.`, {}, cause);
}
