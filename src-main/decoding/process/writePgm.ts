/** Stored values as binary PGM (netpbm P5), so that any tool can read what Hilum read. */
import type { FilmPixels } from '#main/imaging/filmPixels';
import { writeAtomically } from './writeAtomically';

export async function writePgm(path: string, film: FilmPixels): Promise<void> {
  await writeAtomically(path, toPgm(film));
}

/**
 * The first frame as stored, not turned: 8 bits, or 16 bits big-endian as the format asks; signed values keep their
 * bits (two's complement). A film in colour, or of other than 8 or 16 bits, is written as the grey made of it.
 */
function toPgm({ samples, storedBytes, encoding, geometry }: FilmPixels): Uint8Array {
  const { rows, columns } = geometry;
  const { bitsAllocated, samplesPerPixel } = encoding;
  const isStored = samplesPerPixel === 1 && (bitsAllocated === 8 || bitsAllocated === 16);
  const source = isStored ? storedBytes : new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const bytesPerPixel = isStored ? bitsAllocated / 8 : samples.BYTES_PER_ELEMENT;
  const header = Buffer.from(`P5\n${columns} ${rows}\n${bytesPerPixel === 1 ? 255 : 65535}\n`, 'latin1');
  const pixels = Buffer.from(source.subarray(0, rows * columns * bytesPerPixel));
  return Buffer.concat([header, bytesPerPixel === 2 ? pixels.swap16() : pixels]);
}
