/** What a file is by its first bytes, never by its name. */
import type { FilmFormat } from '#main/contract/film';
import { looksLikeDicom } from '../dicom/readDicom';

export type RasterFormat = Exclude<FilmFormat, 'dicom'>;

const SIGNATURES: readonly (readonly [format: RasterFormat | 'zip', signature: readonly number[]])[] = [
  ['png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['jpeg', [0xff, 0xd8, 0xff]],
  // Classic TIFF and BigTIFF, little- and big-endian.
  ['tiff', [0x49, 0x49, 0x2a, 0x00]],
  ['tiff', [0x4d, 0x4d, 0x00, 0x2a]],
  ['tiff', [0x49, 0x49, 0x2b, 0x00]],
  ['tiff', [0x4d, 0x4d, 0x00, 0x2b]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  // An archive without entries.
  ['zip', [0x50, 0x4b, 0x05, 0x06]],
];

const DICM = [0x44, 0x49, 0x43, 0x4d];

/** Null where it is none of them. `bytes`: the whole file, or at least its first kilobyte. */
export function sniffFormat(bytes: Uint8Array): FilmFormat | 'zip' | null {
  // The DICOM preamble is free and may hold the header of a TIFF (PS3.10 7.1).
  if (hasAt(bytes, DICM, 128)) return 'dicom';
  const found = SIGNATURES.find(([, signature]) => hasAt(bytes, signature, 0));
  if (found !== undefined) return found[0];
  return looksLikeDicom(bytes) ? 'dicom' : null;
}

function hasAt(bytes: Uint8Array, signature: readonly number[], offset: number): boolean {
  return signature.every((value, index) => bytes[offset + index] === value);
}
