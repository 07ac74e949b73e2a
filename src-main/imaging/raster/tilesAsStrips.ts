/**
 * Tiles of a TIFF, for a reader that says what is wrong with strips and shows a tile that it can not read as black
 * (libvips does). Each tile is coded as a strip of its width would be (TIFF 6.0 section 15): the same bytes under another
 * directory are a picture of all tiles, one below the other.
 */
import { AppError } from '#main/contract/errors';
import { readTiffDirectory, TIFF_TAG, withTiffDirectory } from './tiffDirectory';
import type { RasterSamples } from './toGrey';

export type TileStack = {
  /** The whole file, with the other directory. */
  readonly bytes: Uint8Array;
  readonly tileColumns: number;
  readonly tileRows: number;
};

/** Tiles at the right and lower edge are padded: small pictures may lie in one that is far larger. */
const LARGEST_STACK_PIXELS = 200_000_000;

/** Null where the first page is not in tiles. Throws `image/malformed` and `image/too-large`. */
export function tilesAsStrips(file: Uint8Array): TileStack | null {
  const directory = readTiffDirectory(file);
  if (directory === null || !directory.entries.has(TIFF_TAG.tileWidth)) return null;
  const number = (tag: number): number => directory.numbers(tag)[0] ?? 1;
  const [tileColumns, tileRows] = [number(TIFF_TAG.tileWidth), number(TIFF_TAG.tileLength)];
  const offsets = directory.entries.get(TIFF_TAG.tileOffsets);
  const byteCounts = directory.entries.get(TIFF_TAG.tileByteCounts);
  const tiles = Math.ceil(number(TIFF_TAG.width) / tileColumns) * Math.ceil(number(TIFF_TAG.length) / tileRows);
  const planes = number(TIFF_TAG.planarConfiguration) === 2 ? number(TIFF_TAG.samplesPerPixel) : 1;
  if (!offsets || !byteCounts || directory.numbers(TIFF_TAG.tileOffsets).length !== tiles * planes) {
    throw new AppError('image/malformed', 'The TIFF file does not hold the tiles that its size asks for.');
  }
  if (tiles * tileColumns * tileRows > LARGEST_STACK_PIXELS) {
    throw new AppError('image/too-large', `The TIFF file has tiles of ${tileColumns} × ${tileRows} pixels.`);
  }
  const entries = new Map(directory.entries);
  for (const tag of OF_TILES) entries.delete(tag);
  entries.set(TIFF_TAG.stripOffsets, offsets);
  entries.set(TIFF_TAG.stripByteCounts, byteCounts);
  const numbers = new Map<number, number>([
    [TIFF_TAG.width, tileColumns],
    [TIFF_TAG.length, tiles * tileRows],
    [TIFF_TAG.rowsPerStrip, tileRows],
  ]);
  return { bytes: withTiffDirectory(file, directory, entries, numbers), tileColumns, tileRows };
}

const OF_TILES = [TIFF_TAG.tileWidth, TIFF_TAG.tileLength, TIFF_TAG.tileOffsets, TIFF_TAG.tileByteCounts];

/** The tiles one below the other → the picture of `rows` × `columns`. */
export function layTiles(
  stack: RasterSamples,
  { tileColumns, tileRows }: TileStack,
  { rows, columns, channels }: { readonly rows: number; readonly columns: number; readonly channels: number },
): RasterSamples {
  const laid = new (stack.constructor as new (length: number) => RasterSamples)(rows * columns * channels);
  const across = Math.ceil(columns / tileColumns);
  for (let row = 0; row < rows; row++) {
    for (let tile = 0; tile < across; tile++) {
      const column = tile * tileColumns;
      const length = Math.min(tileColumns, columns - column) * channels;
      const stackRow = (Math.floor(row / tileRows) * across + tile) * tileRows + (row % tileRows);
      const from = stackRow * tileColumns * channels;
      laid.set(stack.subarray(from, from + length), (row * columns + column) * channels);
    }
  }
  return laid;
}
