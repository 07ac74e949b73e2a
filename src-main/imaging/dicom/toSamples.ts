/**
 * Stored bytes of the first frame → one sample a pixel: bits above HighBit masked, shifted, sign-extended
 * (PS3.5 8.1.1), colour made grey as Pillow's convert('L') does it.
 */
import type { PixelEncoding } from '#main/contract/film';
import type { FilmSamples } from '../filmPixels';
import { colourToGrey, paletteToGrey, type Palette } from './colour';
import type { StoredPicture } from './readEncoding';
import type { StoredBytes } from './readStoredBytes';

export type Samples = {
  readonly samples: FilmSamples;
  readonly sample: 'uint8' | 'uint16' | 'int16';
  readonly bitsStored: number;
  /** Whether colour was taken out, so that the file's grey description no longer applies. */
  readonly fromColour: boolean;
  /** Mean difference between the largest and the smallest of R, G, B, 0 … 255; 0 for grey films. */
  readonly colourfulness: number;
};

export function toSamples(stored: StoredBytes, picture: StoredPicture, palette: Palette | null): Samples {
  const pixels = picture.rows * picture.columns;
  const frame = stored.bytes.subarray(0, picture.frameBytes);
  if (picture.bitsAllocated === 1) return grey(unpackBits(frame, pixels), 'uint8', 1);
  if (picture.samplesPerPixel === 1 && palette === null) return monochrome(frame, picture, pixels);
  // Colour comes in 8 bits; of deeper samples the most significant byte is taken.
  const bytes = topBytes(frame, picture);
  const { grey: samples, colourfulness } =
    palette === null
      ? colourToGrey(bytes, pixels, stored.photometricInterpretation, {
          planar: stored.planarConfiguration === 1,
          subsampled: picture.isSubsampled,
        })
      : paletteToGrey(indicesOf(frame, picture), palette);
  return { samples, sample: 'uint8', bitsStored: 8, fromColour: true, colourfulness };
}

function grey(samples: FilmSamples, sample: Samples['sample'], bitsStored: number): Samples {
  return { samples, sample, bitsStored, fromColour: false, colourfulness: 0 };
}

/** What lies above HighBit or below the lowest stored bit is no part of an index. */
function indicesOf(frame: Uint8Array, picture: StoredPicture): Uint8Array | Uint16Array {
  const { bitsStored, highBit } = picture;
  return unsigned(wordsOf(frame, picture), highBit + 1 - bitsStored, bitsStored, false);
}

function monochrome(frame: Uint8Array, picture: StoredPicture, pixels: number): Samples {
  const { bitsAllocated, bitsStored, highBit, pixelRepresentation } = picture;
  // No radiograph has 32 bits; the upper half is shown, and the film is refused.
  if (bitsAllocated === 32) return grey(upperHalves(frame, pixels), 'uint16', 16);
  const words = wordsOf(frame, picture);
  const shift = highBit + 1 - bitsStored;
  if (pixelRepresentation === 1) return grey(signed(words, shift, bitsStored), 'int16', bitsStored);
  const samples = unsigned(words, shift, bitsStored, isLossy(picture));
  return bitsStored <= 8 ? grey(Uint8Array.from(samples), 'uint8', bitsStored) : grey(samples, 'uint16', bitsStored);
}

/** A lossy codec may overshoot BitsStored: then the top value is meant, not what is left after a mask. */
function unsigned(
  words: Uint8Array | Uint16Array,
  shift: number,
  bitsStored: number,
  mayOvershoot: boolean,
): Uint8Array | Uint16Array {
  const mask = 2 ** bitsStored - 1;
  const isWhole = shift === 0 && bitsStored === words.BYTES_PER_ELEMENT * 8;
  if (isWhole || (shift === 0 && bitsInUse(words) <= mask)) return words;
  const samples = new Uint16Array(words.length);
  for (let index = 0; index < words.length; index++) {
    const value = (words[index] ?? 0) >> shift;
    samples[index] = mayOvershoot ? Math.min(value, mask) : value & mask;
  }
  return samples;
}

/** All bits that some word has: nearly all films have none to be masked, and looking is faster than copying. */
function bitsInUse(words: Uint8Array | Uint16Array): number {
  let bits = 0;
  for (let index = 0; index < words.length; index++) bits |= words[index] ?? 0;
  return bits;
}

function signed(words: Uint8Array | Uint16Array, shift: number, bitsStored: number): Int16Array {
  if (bitsStored === 16 && words instanceof Uint16Array) {
    return new Int16Array(words.buffer, words.byteOffset, words.length);
  }
  const samples = new Int16Array(words.length);
  const toTop = 32 - bitsStored;
  for (let index = 0; index < words.length; index++) {
    samples[index] = (((words[index] ?? 0) >> shift) << toTop) >> toTop;
  }
  return samples;
}

/** The frame's own memory seen as words: it is little-endian, as every machine that Hilum runs on. */
function wordsOf(frame: Uint8Array, { bitsAllocated }: Pick<PixelEncoding, 'bitsAllocated'>): Uint8Array | Uint16Array {
  if (bitsAllocated === 8) return frame;
  const aligned = frame.byteOffset % 2 === 0 ? frame : frame.slice();
  return new Uint16Array(aligned.buffer, aligned.byteOffset, Math.floor(aligned.length / 2));
}

function upperHalves(frame: Uint8Array, pixels: number): Uint16Array {
  const samples = new Uint16Array(pixels);
  for (let index = 0; index < pixels; index++) {
    samples[index] = (frame[4 * index + 2] ?? 0) | ((frame[4 * index + 3] ?? 0) << 8);
  }
  return samples;
}

function topBytes(frame: Uint8Array, picture: StoredPicture): Uint8Array {
  const { bitsAllocated } = picture;
  if (bitsAllocated === 8) return frame;
  const words = bitsAllocated === 32 ? upperHalves(frame, frame.length >> 2) : wordsOf(frame, picture);
  const highBit = picture.highBit % 16;
  const shift = Math.max(0, highBit - 7);
  return Uint8Array.from(unsigned(words, 0, highBit + 1, isLossy(picture)), (value) => value >> shift);
}

function isLossy({ encapsulated, syntax }: StoredPicture): boolean {
  return encapsulated && syntax.lossy;
}

/** Least significant bit first (PS3.5 8.1.1). */
function unpackBits(frame: Uint8Array, pixels: number): Uint8Array {
  const samples = new Uint8Array(pixels);
  for (let index = 0; index < pixels; index++) samples[index] = ((frame[index >> 3] ?? 0) >> (index & 7)) & 1;
  return samples;
}
