/** Why a whole picture file is not read: kinds that libvips knows no decoder for, told from files that are damaged. */
import { readCodestream } from '../dicom/codestream';
import type { RasterFormat } from './sniffFormat';

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

const BITS_PER_SAMPLE = 258;
const COMPRESSION = 259;
const SAMPLE_FORMAT = 339;
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
  const tags = readFirstDirectory(bytes);
  const compression = tags.get(COMPRESSION) ?? 1;
  if (!READ_COMPRESSIONS.has(compression)) {
    return `pixels compressed with ${COMPRESSIONS[compression] ?? `method ${compression}`}`;
  }
  const format = SAMPLE_FORMATS[tags.get(SAMPLE_FORMAT) ?? 1];
  const bits = tags.get(BITS_PER_SAMPLE) ?? 1;
  if (format !== undefined) return `${format} samples of ${bits} bits`;
  return READ_BITS.has(bits) ? null : `samples of ${bits} bits`;
}

/** The first value of each tag that holds numbers of 16 bits (TIFF 6.0 section 2); of BigTIFF too. */
function readFirstDirectory(bytes: Uint8Array): ReadonlyMap<number, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tags = new Map<number, number>();
  if (bytes.length < 16) return tags;
  const little = bytes[0] === 0x49;
  const isBig = view.getUint16(2, little) === 43;
  const [countBytes, entryBytes, inlineBytes] = isBig ? [8, 20, 8] : [2, 12, 4];
  const directory = isBig ? Number(view.getBigUint64(8, little)) : view.getUint32(4, little);
  if (directory + countBytes > bytes.length) return tags;
  const entries = view.getUint16(directory + (isBig && !little ? 6 : 0), little);
  for (let index = 0; index < entries; index++) {
    const at = directory + countBytes + index * entryBytes;
    if (at + entryBytes > bytes.length) break;
    const SHORT = 3;
    if (view.getUint16(at + 2, little) !== SHORT) continue;
    const value = at + entryBytes - inlineBytes;
    const count = view.getUint32(at + 4 + (isBig && !little ? 4 : 0), little);
    const isInline = count * 2 <= inlineBytes;
    const where = isInline ? value : isBig ? Number(view.getBigUint64(value, little)) : view.getUint32(value, little);
    if (where + 2 <= bytes.length) tags.set(view.getUint16(at, little), view.getUint16(where, little));
  }
  return tags;
}
