/** The depth of samples that a JPEG XL stream declares (ISO/IEC 18181-1 annex D): its decoder stretches fewer bits to 16. */
import { boxesOf } from './boxes';

const CONTAINER = 'JXL ';
const WHOLE_STREAM = 'jxlc';
/** A part of the stream, behind four bytes that number it. */
const PART_OF_STREAM = 'jxlp';

/** Null where the bytes are no JPEG XL, or hold floating-point samples. */
export function readJpegXlDepth(bytes: Uint8Array): number | null {
  const stream = bareStream(bytes);
  if (stream[0] !== 0xff || stream[1] !== 0x0a) return null;
  const bits = bitReader(stream.subarray(2, 66));
  skipSize(bits);
  const isAllDefault = bits(1) === 1;
  if (isAllDefault) return 8;
  if (bits(1) === 1) skipExtraFields(bits);
  const isFloat = bits(1) === 1;
  if (isFloat) return null;
  const choice = bits(2);
  return choice === 3 ? 1 + bits(6) : ([8, 10, 12][choice] ?? null);
}

function bareStream(bytes: Uint8Array): Uint8Array {
  for (const { type, content } of boxesOf(bytes, CONTAINER)) {
    if (type === WHOLE_STREAM) return content;
    if (type === PART_OF_STREAM) return content.subarray(4);
  }
  return bytes;
}

type Bits = (count: number) => number;

/** Least significant bit first; 0 behind the end. */
function bitReader(bytes: Uint8Array): Bits {
  let position = 0;
  return (count) => {
    let value = 0;
    for (let bit = 0; bit < count; bit++, position++) {
      value += (((bytes[position >> 3] ?? 0) >> (position & 7)) & 1) * 2 ** bit;
    }
    return value;
  };
}

/** SizeHeader, D.2. */
function skipSize(bits: Bits): void {
  const isSmall = bits(1) === 1;
  const skipSide = (): number => bits(isSmall ? 5 : ([9, 13, 18, 30][bits(2)] ?? 9));
  skipSide();
  const ratio = bits(3);
  if (ratio === 0) skipSide();
}

/** The optional part of ImageMetadata, D.3: orientation, intrinsic size, preview, animation. */
function skipExtraFields(bits: Bits): void {
  bits(3);
  if (bits(1) === 1) skipSize(bits);
  const hasPreview = bits(1) === 1;
  if (hasPreview) skipPreview(bits);
  const hasAnimation = bits(1) === 1;
  if (hasAnimation) skipAnimation(bits);
}

/** U32 of four distributions, each given by its number of bits (D.2.4, B.2). */
function skipChoice(bits: Bits, widths: readonly [number, number, number, number]): void {
  bits(widths[bits(2)] ?? 0);
}

function skipPreview(bits: Bits): void {
  const isInEights = bits(1) === 1;
  const skipSide = (): void => skipChoice(bits, isInEights ? [0, 0, 5, 9] : [6, 8, 10, 12]);
  skipSide();
  if (bits(3) === 0) skipSide();
}

function skipAnimation(bits: Bits): void {
  skipChoice(bits, [0, 0, 10, 30]);
  skipChoice(bits, [0, 0, 8, 10]);
  skipChoice(bits, [0, 3, 16, 32]);
  bits(1);
}
