/** Pixel Data → stored bytes of all frames: little-endian, native order, what is missing left 0. */
import { AppError } from '#main/contract/errors';
import type { DicomCodecs } from '../filmPixels';
import type { Attributes } from './attributes';
import { readCodestream, unboxed } from './codestream';
import { decodeCodestream, decodeOrSayTruncated, type DecodedStream } from './decodeCodestream';
import { readFrames, type EncapsulatedFrame } from './frames';
import { readJpegXlDepth } from './jpegXlStream';
import type { ParsedDicom } from './parseDataSet';
import type { StoredPicture } from './readEncoding';
import { decodeRle } from './rle';
import { TAG } from './tags';

export type StoredBytes = {
  /** frames * frameBytes; YBR of a native 4:2:2 picture stays as it is stored. */
  readonly bytes: Uint8Array;
  /** As the bytes of the first frame are now: a codec may have turned YBR into RGB. */
  readonly photometricInterpretation: string;
  readonly planarConfiguration: 0 | 1;
  /** Null where nothing is missing, else what, in a sentence. */
  readonly missing: string | null;
  /** Where the stream and the header disagree, in sentences. */
  readonly mismatches: readonly string[];
};

/**
 * The first `frames` of the picture. Throws AppError `dicom/truncated` where no pixel is there, and what
 * `codecs.decodeFrame` throws.
 */
export function readStoredBytes(
  parsed: ParsedDicom,
  attributes: Attributes,
  picture: StoredPicture,
  codecs: DicomCodecs,
  frames = picture.frames,
): StoredBytes {
  return picture.encapsulated
    ? readEncapsulated(parsed.bytes, attributes, picture, codecs, frames)
    : readNative(parsed, attributes, picture, frames);
}

function readNative(parsed: ParsedDicom, attributes: Attributes, picture: StoredPicture, frames: number): StoredBytes {
  const element = attributes.element(TAG.pixelData);
  const expected = nativeLength(picture, frames);
  const declared = Math.min(element?.length ?? 0, expected);
  const start = element?.dataOffset ?? 0;
  const present = parsed.bytes.subarray(start, start + declared);
  if (present.length === 0) throw new AppError('dicom/truncated', 'The file ends where its pixels begin.');
  // The last byte of an odd number of them lies in a word with the padding behind it.
  const words = new Uint8Array(expected + (expected % 2));
  words.set(parsed.bytes.subarray(start, start + Math.min(element?.length ?? 0, words.length)));
  if (!parsed.littleEndian) swapWords(words, picture.bitsAllocated, element?.vr);
  const bytes = words.subarray(0, expected);
  return {
    bytes,
    photometricInterpretation: picture.photometricInterpretation,
    planarConfiguration: picture.planarConfiguration,
    missing: present.length < expected ? describeMissing(present.length, expected) : null,
    mismatches: picture.syntax.coding === 'native' ? [] : ['The pixels are not compressed as the file says.'],
  };
}

/** Frames follow each other without padding (PS3.5 8.1.1), so bits of 1-bit frames run on. */
function nativeLength({ frameBytes, rows, columns, bitsAllocated }: StoredPicture, frames: number): number {
  return bitsAllocated === 1 ? Math.ceil((rows * columns * frames) / 8) : frames * frameBytes;
}

/** OW and OL words are swapped; bytes written as OB are not (PS3.5 7.3). */
function swapWords(bytes: Uint8Array, bitsAllocated: number, valueRepresentation: string | undefined): void {
  if (bitsAllocated <= 8 && valueRepresentation === 'OB') return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bitsAllocated === 32) {
    for (let at = 0; at + 4 <= bytes.length; at += 4) view.setUint32(at, view.getUint32(at), true);
  } else {
    for (let at = 0; at + 2 <= bytes.length; at += 2) view.setUint16(at, view.getUint16(at), true);
  }
}

function readEncapsulated(
  file: Uint8Array,
  attributes: Attributes,
  picture: StoredPicture,
  codecs: DicomCodecs,
  frames: number,
): StoredBytes {
  // Where a frame ends is only known from all of them.
  const streams = readFrames(file, attributes, picture.frames).slice(0, frames);
  if (streams.length === 0) throw new AppError('dicom/truncated', 'The file ends where its pixels begin.');
  const { frameBytes } = picture;
  const bytes = new Uint8Array(frameBytes * frames);
  const mismatches = new Set<string>();
  let damaged = frames - streams.length;
  let photometricInterpretation = picture.photometricInterpretation;
  for (const [index, stream] of streams.entries()) {
    const frame = decodeStream(stream, picture, codecs);
    bytes.set(frame.bytes.subarray(0, frameBytes), index * frameBytes);
    if (!frame.complete) damaged += 1;
    if (index === 0) photometricInterpretation = frame.photometricInterpretation;
    frame.mismatches.forEach((mismatch) => mismatches.add(mismatch));
  }
  return {
    bytes,
    photometricInterpretation,
    planarConfiguration: picture.syntax.coding === 'encapsulated-native' ? picture.planarConfiguration : 0,
    missing: damaged === 0 ? null : describeDamaged(damaged, frames),
    mismatches: [...mismatches],
  };
}

function decodeStream(stream: EncapsulatedFrame, picture: StoredPicture, codecs: DicomCodecs): DecodedStream {
  const { photometricInterpretation, frameBytes } = picture;
  const bare = { ...stream, bytes: unboxed(stream.bytes) };
  const codestream = readCodestream(bare.bytes);
  if (codestream !== null) return decodeCodestream(bare, codestream, picture, codecs);
  if (picture.syntax.coding === 'rle') {
    const decoded = decodeRle(stream.bytes, {
      pixels: picture.rows * picture.columns,
      samplesPerPixel: picture.samplesPerPixel,
      bytesPerSample: picture.bitsAllocated / 8,
    });
    return { ...decoded, complete: decoded.complete && !stream.cut, photometricInterpretation, mismatches: [] };
  }
  if (picture.syntax.coding === 'native' || picture.syntax.coding === 'encapsulated-native') {
    const complete = stream.bytes.length >= frameBytes;
    return { bytes: stream.bytes, complete, photometricInterpretation, mismatches: [] };
  }
  if (picture.syntax.coding === 'jpeg-xl') {
    // Its size is checked after decoding; a stream that was cut is an error of the codec.
    const decoded = decodeOrSayTruncated(stream.bytes, picture.transferSyntax, picture, codecs, !stream.cut);
    const depth = readJpegXlDepth(stream.bytes) ?? picture.bitsAllocated;
    if (picture.bitsAllocated === 16 && depth < 16) unstretch(decoded.bytes, depth);
    return { ...decoded, complete: !stream.cut && !decoded.damaged, mismatches: [] };
  }
  if (stream.cut) throw new AppError('dicom/truncated', 'The file ends inside the header of its compressed picture.');
  throw new AppError('dicom/malformed', `The pixels are no ${picture.syntax.name} stream.`);
}

/** 16-bit samples that a decoder stretched from `depth` bits → as they were. */
function unstretch(bytes: Uint8Array, depth: number): void {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const share = (2 ** depth - 1) / 65535;
  for (let at = 0; at + 2 <= bytes.length; at += 2) {
    words.setUint16(at, Math.round(words.getUint16(at, true) * share), true);
  }
}

function describeMissing(present: number, expected: number): string {
  return `${expected - present} of ${expected} pixel bytes are missing.`;
}

function describeDamaged(damaged: number, frames: number): string {
  return frames === 1
    ? 'The compressed picture is damaged or ends too early.'
    : `${damaged} of ${frames} frames are missing, damaged or end too early.`;
}
