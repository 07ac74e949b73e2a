/** Why a whole picture file is not read: kinds that libvips knows no decoder for, told from files that are damaged. */
import { readCodestream } from '../dicom/codestream';
import type { RasterFormat } from './sniffFormat';
import { readTiffDirectory, TIFF_TAG } from './tiffDirectory';

/** A kind, as in "The file holds …"; null where the file is of a kind that is read, or says nothing that can be read. */
export function unreadKind(bytes: Uint8Array, format: RasterFormat): string | null {
  if (format === 'jpeg') return unreadJpeg(bytes);
  return format === 'tiff' ? unreadTiff(bytes) : null;
}

function unreadJpeg(bytes: Uint8Array): string | null {
  const stream = readCodestream(bytes);
  if (stream === null) return null;
  if (stream.family === 'jpeg-ls') return 'a JPEG-LS picture';
  if (stream.precision === 8) return null;
  return `${stream.exact ? 'lossless ' : ''}samples of ${stream.precision} bits`;
}

/** None, CCITT (three kinds), LZW, JPEG, Deflate (two numbers), PackBits. */
const READ_COMPRESSIONS = new Set([1, 2, 3, 4, 5, 7, 8, 32773, 32946]);
const COMPRESSIONS: Readonly<Record<number, string>> = {
  6: 'old-style JPEG',
  34661: 'JBIG',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34925: 'LZMA',
  50000: 'Zstandard',
  50001: 'WebP',
  50002: 'JPEG XL',
};
const READ_BITS = new Set([1, 2, 4, 8, 16]);
const SAMPLE_FORMATS: Readonly<Record<number, string>> = {
  2: 'signed',
  3: 'floating-point',
  5: 'complex',
  6: 'complex',
};

function unreadTiff(bytes: Uint8Array): string | null {
  const directory = readTiffDirectory(bytes);
  if (directory === null) return null;
  const compression = directory.numbers(TIFF_TAG.compression)[0] ?? 1;
  if (!READ_COMPRESSIONS.has(compression)) {
    return `pixels compressed with ${COMPRESSIONS[compression] ?? `method ${compression}`}`;
  }
  const format = SAMPLE_FORMATS[directory.numbers(TIFF_TAG.sampleFormat)[0] ?? 1];
  const bits = directory.numbers(TIFF_TAG.bitsPerSample)[0] ?? 1;
  if (format !== undefined) return `${format} samples of ${bits} bits`;
  return READ_BITS.has(bits) ? null : `samples of ${bits} bits`;
}
