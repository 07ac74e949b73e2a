/** Pixel Data → stored bytes of all frames: little-endian, native order, what is missing left 0. */
import { AppError } from '#main/contract/errors';
import type { DicomCodecs, FrameShape } from '../filmPixels';
import type { Attributes } from './attributes';
import { readCodestream, unboxed, type Codestream } from './codestream';
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

type DecodedStream = {
  readonly bytes: Uint8Array;
  readonly complete: boolean;
  readonly photometricInterpretation: string;
  readonly mismatches: readonly string[];
};

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

function decodeCodestream(
  stream: EncapsulatedFrame,
  codestream: Codestream,
  picture: StoredPicture,
  codecs: DicomCodecs,
): DecodedStream {
  checkSize(codestream, picture);
  const complete = codestream.complete && !stream.cut;
  if (!complete && codestream.family === 'jpeg-ls') {
    // The codec never returns from some JPEG-LS streams that were cut short.
    throw new AppError('dicom/truncated', TOO_DAMAGED);
  }
  // Decoders lay samples out by the allocated bits that they are told, though some only fill a byte of two.
  const isNarrow = picture.bitsAllocated === 16 && codestream.precision <= 8;
  const shape = isNarrow ? { ...picture, bitsAllocated: 8, bitsStored: codestream.precision } : picture;
  const decoded = decodeOrSayTruncated(stream.bytes, transferSyntaxFor(codestream, picture), shape, codecs, complete);
  const { bytes, damaged } = decoded;
  const samples = codestream.planar ? interleave(bytes, picture.rows * picture.columns, codestream.components) : bytes;
  return {
    bytes: isNarrow ? widen(samples, codestream.signed === true) : samples,
    complete: complete && !damaged && !overflows(bytes, codestream, picture),
    photometricInterpretation: coloursOf(codestream, decoded.photometricInterpretation),
    mismatches: mismatchesOf(codestream, picture),
  };
}

/**
 * Whether samples came out larger than the encoder can have been given: after damage every difference to a neighbour
 * adds up, and wavelets go astray. Negative values that an encoder saw as large ones are left alone.
 */
function overflows(bytes: Uint8Array, codestream: Codestream, picture: StoredPicture): boolean {
  const limit = largestSample(codestream, picture);
  if (limit >= 65535 || picture.bitsAllocated !== 16) return false;
  if (picture.pixelRepresentation === 1 || bytes.length !== picture.frameBytes) return false;
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    if ((bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256 > limit) return true;
  }
  return false;
}

/**
 * Coding with loss overshoots at edges: by a seventh at most in films with text and collimators at 60 to 1, by a third
 * at 1000 to 1.
 */
const OVERSHOOT = 1.5;

/** Without loss, only where nothing is clamped: others may keep more than the header says, such as overlays. */
function largestSample({ exact, precision }: Codestream, { syntax, bitsStored, highBit }: StoredPicture): number {
  if (exact) return 2 ** precision - 1;
  const isPlain = syntax.lossy && highBit === bitsStored - 1;
  return isPlain ? Math.floor(OVERSHOOT * 2 ** bitsStored) : 65535;
}

/** The header's, unless the stream says otherwise of itself: some writers leave RGB there, whatever their JPEG library does. */
function coloursOf({ colours }: Codestream, photometricInterpretation: string): string {
  // YBR_ICT and YBR_RCT exist only inside JPEG 2000.
  const isYbr = /^YBR_(FULL|PARTIAL)/.test(photometricInterpretation);
  if (colours === 'ybr' && !isYbr) return 'YBR_FULL';
  return colours === 'rgb' && isYbr ? 'RGB' : photometricInterpretation;
}

/** More bits in the stream than in the header are common and harmless; fewer, another sign, or other colours are not. */
function mismatchesOf(codestream: Codestream, picture: StoredPicture): string[] {
  const { precision, signed } = codestream;
  const mismatches: string[] = [];
  if (precision < picture.bitsStored) {
    mismatches.push(`The header says ${picture.bitsStored} bits, the compressed picture ${precision}.`);
  }
  if (signed !== null && signed !== (picture.pixelRepresentation === 1)) {
    const [header, stream] = signed ? ['unsigned', 'signed'] : ['signed', 'unsigned'];
    mismatches.push(`The header says ${header} pixels, the compressed picture ${stream} ones.`);
  }
  const colours = coloursOf(codestream, picture.photometricInterpretation);
  if (picture.samplesPerPixel === 3 && colours !== picture.photometricInterpretation) {
    mismatches.push(`The header says colours ${picture.photometricInterpretation}, the compressed picture ${colours}.`);
  }
  return mismatches;
}

function checkSize(codestream: Codestream, { rows, columns, samplesPerPixel, bitsAllocated }: StoredPicture): void {
  if (codestream.precision > bitsAllocated) {
    throw new AppError(
      'dicom/malformed',
      `The compressed picture has ${codestream.precision} bits, but the header allocates ${bitsAllocated}.`,
      { bitsAllocated },
    );
  }
  if (codestream.rows === rows && codestream.columns === columns && codestream.components === samplesPerPixel) return;
  const inStream = `${codestream.rows} × ${codestream.columns} × ${codestream.components}`;
  throw new AppError(
    'dicom/malformed',
    `The compressed picture is ${inStream}, but the header says ${rows} × ${columns} × ${samplesPerPixel}.`,
    { rows, columns, samplesPerPixel },
  );
}

/** Where stream and transfer syntax name different families, the stream is right: its first bytes show it. */
function transferSyntaxFor({ family }: Codestream, { syntax, transferSyntax }: StoredPicture): string {
  if (family === 'jpeg-2000') {
    return syntax.coding === 'jpeg-2000' || syntax.coding === 'htj2k' ? transferSyntax : '1.2.840.10008.1.2.4.90';
  }
  if (syntax.coding === family) return transferSyntax;
  return family === 'jpeg-ls' ? '1.2.840.10008.1.2.4.80' : '1.2.840.10008.1.2.4.70';
}

function decodeOrSayTruncated(
  bytes: Uint8Array,
  transferSyntax: string,
  shape: FrameShape,
  codecs: DicomCodecs,
  complete: boolean,
): ReturnType<DicomCodecs['decodeFrame']> {
  try {
    return codecs.decodeFrame(transferSyntax, bytes, shape);
  } catch (error) {
    if (complete || !(error instanceof AppError)) throw error;
    throw new AppError('dicom/truncated', TOO_DAMAGED, error.details, error);
  }
}

/** 16-bit samples that a decoder stretched from `depth` bits → as they were. */
function unstretch(bytes: Uint8Array, depth: number): void {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const share = (2 ** depth - 1) / 65535;
  for (let at = 0; at + 2 <= bytes.length; at += 2) {
    words.setUint16(at, Math.round(words.getUint16(at, true) * share), true);
  }
}

/** One plane after the other → samples of a pixel side by side. */
function interleave(bytes: Uint8Array, pixels: number, components: number): Uint8Array {
  const sampleBytes = bytes.length / (pixels * components);
  const pixelBytes = sampleBytes * components;
  const interleaved = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at++) {
    const sample = Math.floor(at / sampleBytes);
    const component = Math.floor(sample / pixels);
    interleaved[(sample % pixels) * pixelBytes + component * sampleBytes + (at % sampleBytes)] = bytes[at] ?? 0;
  }
  return interleaved;
}

/** One byte a sample → two, little-endian. */
function widen(bytes: Uint8Array, isSigned: boolean): Uint8Array {
  const wide = isSigned
    ? Int16Array.from(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length))
    : Uint16Array.from(bytes);
  return new Uint8Array(wide.buffer);
}

const TOO_DAMAGED = 'The compressed picture is damaged or ends too early to be shown.';

function describeMissing(present: number, expected: number): string {
  return `${expected - present} of ${expected} pixel bytes are missing.`;
}

function describeDamaged(damaged: number, frames: number): string {
  return frames === 1
    ? 'The compressed picture is damaged or ends too early.'
    : `${damaged} of ${frames} frames are missing, damaged or end too early.`;
}
