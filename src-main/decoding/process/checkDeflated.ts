/** Deflated strips and tiles of a TIFF end in a checksum, which libvips does not look at. */
import { inflateSync } from 'node:zlib';
import { readTiffDirectory, TIFF_TAG } from '#main/imaging/raster/tiffDirectory';

/** Adobe's number for it, and an older one. */
const DEFLATE = new Set([8, 32946]);
/** A strip is a part of a picture of at most 100 million pixels of four samples of 16 bits. */
const LARGEST_PIECE_BYTES = 2 ** 30;

/** Whether all deflated pieces of the first page are whole. True where none is deflated. */
export function areDeflatedPiecesWhole(file: Uint8Array): boolean {
  const directory = readTiffDirectory(file);
  if (directory === null || !DEFLATE.has(directory.numbers(TIFF_TAG.compression)[0] ?? 1)) return true;
  const isTiled = directory.entries.has(TIFF_TAG.tileOffsets);
  const offsets = directory.numbers(isTiled ? TIFF_TAG.tileOffsets : TIFF_TAG.stripOffsets);
  const byteCounts = directory.numbers(isTiled ? TIFF_TAG.tileByteCounts : TIFF_TAG.stripByteCounts);
  return offsets.every((offset, index) => isWhole(file.subarray(offset, offset + (byteCounts[index] ?? 0))));
}

function isWhole(deflated: Uint8Array): boolean {
  try {
    inflateSync(deflated, { maxOutputLength: LARGEST_PIECE_BYTES });
    return true;
  } catch {
    return false;
  }
}
