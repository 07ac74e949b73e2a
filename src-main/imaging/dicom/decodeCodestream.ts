/** A JPEG, JPEG-LS, JPEG 2000 or HTJ2K stream → stored bytes, checked against what the header says of it. */
import { AppError } from '#main/contract/errors';
import type { DicomCodecs, FrameShape } from '../filmPixels';
import type { Codestream } from './codestream';
import type { EncapsulatedFrame } from './frames';
import type { StoredPicture } from './readEncoding';

export type DecodedStream = {
  readonly bytes: Uint8Array;
  readonly complete: boolean;
  readonly photometricInterpretation: string;
  readonly mismatches: readonly string[];
};

const TOO_DAMAGED = 'The compressed picture is damaged or ends too early to be shown.';

export function decodeCodestream(
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

export function decodeOrSayTruncated(
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
