/**
 * The codecs of DICOM pixels: dcmjs-codecs (one WebAssembly module, in this process) and zlib's raw inflate.
 * A broken stream leaves the module in an unknown state: its error carries details.fatal, and the process that sees it
 * has to be replaced.
 */
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { Context, log, NativeCodecs } from 'dcmjs-codecs';
import { AppError } from '#main/contract/errors';
import type { DecodedFrame, DicomCodecs, FrameShape } from '#main/imaging/filmPixels';
import { commentOf, isRewrittenOtherwise } from './checkRewriting';
import { promiseTermination, saysWrongTermination } from './checkTermination';
import { decodeHtj2k } from './decodeHtj2k';

const WASM_FILE = 'dcmjs-native-codecs.wasm';
/** Deflated data sets are never larger: a small file must not fill the memory. */
const LARGEST_INFLATED_BYTES = 1 << 30;

type Decode = (context: Context) => Context;

const jpeg: Decode = (context) => NativeCodecs.decodeJpeg(context, {});
const jpegLs: Decode = (context) => NativeCodecs.decodeJpegLs(context, {});
const jpeg2000: Decode = (context) => {
  context.setEncodedBuffer(promiseTermination(context.getEncodedBuffer() ?? new Uint8Array()));
  return NativeCodecs.decodeJpeg2000(context, {});
};
const jpegXl: Decode = (context) => NativeCodecs.decodeJpegXl(context, {});

const JPEG_XL_LOSSLESS = '1.2.840.10008.1.2.4.110';

const DECODERS: Readonly<Record<string, Decode>> = {
  '1.2.840.10008.1.2.4.50': jpeg,
  '1.2.840.10008.1.2.4.51': jpeg,
  '1.2.840.10008.1.2.4.53': jpeg,
  '1.2.840.10008.1.2.4.55': jpeg,
  '1.2.840.10008.1.2.4.57': jpeg,
  '1.2.840.10008.1.2.4.70': jpeg,
  '1.2.840.10008.1.2.4.80': jpegLs,
  '1.2.840.10008.1.2.4.81': jpegLs,
  '1.2.840.10008.1.2.4.90': jpeg2000,
  '1.2.840.10008.1.2.4.91': jpeg2000,
  '1.2.840.10008.1.2.4.92': jpeg2000,
  '1.2.840.10008.1.2.4.93': jpeg2000,
  [JPEG_XL_LOSSLESS]: jpegXl,
  '1.2.840.10008.1.2.4.111': jpegXl,
  '1.2.840.10008.1.2.4.112': jpegXl,
  '1.2.840.10008.1.2.4.201': decodeHtj2k,
  '1.2.840.10008.1.2.4.202': decodeHtj2k,
  '1.2.840.10008.1.2.4.203': decodeHtj2k,
};

/** `wasmFolder` holds dcmjs-native-codecs.wasm. Loading takes about 35 ms. */
export async function createCodecs(wasmFolder: string): Promise<DicomCodecs> {
  // Codecs fill up damage and only say so; nothing of it may stand on the user's terminal.
  log.methodFactory = () => hear;
  log.setLevel('info');
  await NativeCodecs.initializeAsync({
    webAssemblyModulePathOrUrl: join(wasmFolder, WASM_FILE),
    logCodecsInfo: true,
  });
  return { inflateRaw, decodeFrame };
}

let heardDamage = false;

/**
 * What libjpeg says of damaged entropy-coded data: it has no other way to tell. One byte too many before the end marker
 * is padding that some writers put there.
 */
const DAMAGE = /Corrupt JPEG data: (?!1 extraneous bytes before marker 0xd9)/;

function hear(...words: readonly unknown[]): void {
  const said = words.join(' ');
  if (DAMAGE.test(said) || saysWrongTermination(said)) heardDamage = true;
}

/** Throws `dicom/malformed`. */
export function inflateRaw(bytes: Uint8Array): Uint8Array {
  try {
    return inflateRawSync(bytes, { maxOutputLength: LARGEST_INFLATED_BYTES, finishFlush: 2 /* Z_SYNC_FLUSH */ });
  } catch (error) {
    throw new AppError('dicom/malformed', 'The deflated part of the file cannot be inflated.', {}, error);
  }
}

function decodeFrame(transferSyntax: string, frame: Uint8Array, shape: FrameShape): DecodedFrame {
  const decode = DECODERS[transferSyntax];
  if (decode === undefined) {
    throw new AppError('dicom/unsupported-transfer-syntax', `No codec reads the transfer syntax ${transferSyntax}.`, {
      transferSyntax,
    });
  }
  const name = shape.samplesPerPixel > 1 && shape.bitsAllocated > 8 ? nameWithoutDeepColours(transferSyntax) : null;
  if (name !== null) {
    throw new AppError('dicom/unsupported-pixels', `Hilum does not read ${name} colours of more than 8 bits.`);
  }
  heardDamage = false;
  const decoded = runCodec(decode, { encodedBuffer: frame }, shape);
  const bytes = decoded.getDecodedBuffer() ?? new Uint8Array();
  const expected = shape.rows * shape.columns * shape.samplesPerPixel * (shape.bitsAllocated / 8);
  if (bytes.length !== expected) {
    throw new AppError('decode/failed', 'The codec gave another number of pixels than the header says.', {
      expected,
      decoded: bytes.length,
    });
  }
  const isHtj2kOtherwise = decode === decodeHtj2k && isWrittenOtherwise(frame, bytes, shape);
  return {
    bytes,
    photometricInterpretation: decoded.getPhotometricInterpretation() ?? shape.photometricInterpretation,
    damaged: heardDamage || isHtj2kOtherwise,
  };
}

/**
 * Of deeper colours the codec gives back one byte of each sample (JPEG 2000), or values in another colour space than
 * those that were stored (JPEG XL with loss), and says nothing. Null where it does neither.
 */
function nameWithoutDeepColours(transferSyntax: string): string | null {
  if (DECODERS[transferSyntax] === jpeg2000) return 'JPEG 2000';
  return DECODERS[transferSyntax] === jpegXl && transferSyntax !== JPEG_XL_LOSSLESS ? 'lossy JPEG XL' : null;
}

function isWrittenOtherwise(frame: Uint8Array, bytes: Uint8Array, shape: FrameShape): boolean {
  ownComment ??= commentOf(encodeHtj2k(Uint8Array.of(0, 0), SMALLEST_SHAPE, 0));
  return isRewrittenOtherwise(frame, ownComment, (order) => encodeHtj2k(bytes, shape, order));
}

let ownComment: string | null = null;

const SMALLEST_SHAPE: FrameShape = {
  ...{ rows: 1, columns: 1, bitsAllocated: 16, bitsStored: 16, samplesPerPixel: 1, pixelRepresentation: 0 },
  ...{ planarConfiguration: 0, photometricInterpretation: 'MONOCHROME2' },
};

function encodeHtj2k(decodedBuffer: Uint8Array, shape: FrameShape, progressionOrder: number): Uint8Array {
  const encode: Decode = (context) => NativeCodecs.encodeHtJpeg2000(context, { lossy: false, progressionOrder });
  return runCodec(encode, { decodedBuffer }, shape).getEncodedBuffer() ?? new Uint8Array();
}

type Buffers = { readonly encodedBuffer: Uint8Array } | { readonly decodedBuffer: Uint8Array };

function runCodec(run: Decode, buffers: Buffers, shape: FrameShape): Context {
  const { bitsAllocated, bitsStored, samplesPerPixel, pixelRepresentation, planarConfiguration } = shape;
  const { rows: height, columns: width, photometricInterpretation } = shape;
  const attributes = { width, height, bitsAllocated, bitsStored, samplesPerPixel, pixelRepresentation };
  try {
    return run(new Context({ ...attributes, planarConfiguration, photometricInterpretation, ...buffers }));
  } catch (error) {
    // A trap leaves the module's stack as it was, an exception its buffers; a later film could hang on either.
    const isTrap = error instanceof Error && (error.name === 'RuntimeError' || error instanceof RangeError);
    throw isTrap
      ? new AppError('decode/crashed', 'The codec crashed on the compressed picture.', { fatal: true }, error)
      : new AppError('decode/failed', 'The codec could not read the compressed picture.', { fatal: true }, error);
  }
}
