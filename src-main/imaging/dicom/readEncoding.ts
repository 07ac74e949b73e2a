/** How the pixels lie in the file (PS3.3 C.7.6.3), checked against the file's length before anything is allocated. */
import { AppError } from '#main/contract/errors';
import type { PixelEncoding } from '#main/contract/film';
import { readCount, type Attributes } from './attributes';
import type { ParsedDicom } from './parseDataSet';
import { TAG } from './tags';
import { describeTransferSyntax, transferSyntax, type TransferSyntax } from './transferSyntaxes';

export type StoredPicture = PixelEncoding & {
  readonly rows: number;
  readonly columns: number;
  readonly planarConfiguration: 0 | 1;
  readonly syntax: TransferSyntax;
  /**
   * Pixel Data with undefined length is encapsulated, whatever the transfer syntax says (PS3.5 A.4). Some writers give
   * the items of a compressed picture a length all the same.
   */
  readonly encapsulated: boolean;
  /** Two pixels share their colours: YBR_FULL_422 and YBR_PARTIAL_422 as they are natively stored. */
  readonly isSubsampled: boolean;
  /** Bytes of one frame as stored (a subsampled one has two samples a pixel). */
  readonly frameBytes: number;
};

const MEGABYTE = 1 << 20;
/** No radiograph comes near it; beyond it the reader would take the machine down. */
const LARGEST_BYTES = 512 * MEGABYTE;
/** Up to this size a wrong header costs nothing. */
const HARMLESS_BYTES = 64 * MEGABYTE;
/** More than this of what is in the file cannot come out of it: natively stored, and compressed. */
const LARGEST_GROWTH = { native: 8, encapsulated: 400 };

/**
 * Throws AppError: `dicom/no-pixels`, `dicom/unsupported-pixels`, `dicom/missing-attribute`,
 * `dicom/unsupported-transfer-syntax`, `dicom/implausible-size`. `repairs` gets what had to be assumed.
 */
export function readEncoding(parsed: ParsedDicom, attributes: Attributes, repairs: string[]): StoredPicture {
  const element = requirePixelData(parsed, attributes);
  const syntax = transferSyntax(parsed.transferSyntax);
  if (syntax === null) {
    const name = describeTransferSyntax(parsed.transferSyntax);
    throw new AppError('dicom/unsupported-transfer-syntax', `Hilum does not read the transfer syntax ${name}.`, {
      transferSyntax: parsed.transferSyntax,
    });
  }
  const rows = requireCount(attributes, TAG.rows, 'Rows');
  const columns = requireCount(attributes, TAG.columns, 'Columns');
  const bitsAllocated = requireCount(attributes, TAG.bitsAllocated, 'BitsAllocated');
  const bits = readBits(attributes, bitsAllocated, repairs);
  const samplesPerPixel = readCount(attributes, TAG.samplesPerPixel) ?? 1;
  const photometricInterpretation = readPhotometricInterpretation(attributes, samplesPerPixel, repairs);
  const frames = Math.max(1, Math.trunc(attributes.decimals(TAG.numberOfFrames)[0] ?? 1));
  const encapsulated =
    element.length === 0xffffffff ||
    (syntax.coding !== 'native' && isItem(parsed.bytes.subarray(element.dataOffset, element.dataOffset + 4)));
  const isNative = !encapsulated || syntax.coding === 'encapsulated-native';
  const isSubsampled = isNative && /^YBR_(FULL|PARTIAL)_422$/.test(photometricInterpretation);
  const frameBits = rows * columns * (isSubsampled ? 2 : samplesPerPixel) * bitsAllocated;
  const picture: StoredPicture = {
    format: 'dicom',
    transferSyntax: parsed.transferSyntax,
    frames,
    bitsAllocated,
    ...bits,
    photometricInterpretation,
    samplesPerPixel,
    rows,
    columns,
    planarConfiguration: attributes.words(TAG.planarConfiguration)[0] === 1 ? 1 : 0,
    syntax,
    encapsulated,
    isSubsampled,
    frameBytes: Math.ceil(frameBits / 8),
  };
  checkSupported(picture);
  checkPlausible(picture, parsed.bytes.length - element.dataOffset);
  return picture;
}

function requirePixelData(parsed: ParsedDicom, attributes: Attributes): { length: number; dataOffset: number } {
  const element = attributes.element(TAG.pixelData);
  if (element !== null && element.length > 0) return element;
  for (const tag of [TAG.floatPixelData, TAG.doubleFloatPixelData]) {
    if (attributes.element(tag) !== null) {
      throw new AppError('dicom/unsupported-pixels', 'The file holds floating-point pixels, which no radiograph has.');
    }
  }
  if (parsed.cut) throw new AppError('dicom/truncated', 'The file ends before its pixels begin.');
  const modality = attributes.code(TAG.modality);
  const what = modality === '' ? 'The DICOM file' : `The DICOM file (modality ${modality})`;
  throw new AppError('dicom/no-pixels', `${what} holds no picture.`, { modality });
}

/** (FFFE,E000) in a little-endian file. */
function isItem(bytes: Uint8Array): boolean {
  return [0xfe, 0xff, 0x00, 0xe0].every((byte, at) => bytes[at] === byte);
}

function requireCount(attributes: Attributes, tag: string, keyword: string): number {
  const value = readCount(attributes, tag);
  if (value !== null && value > 0) return value;
  throw new AppError('dicom/missing-attribute', `The file gives no ${keyword}, so its pixels cannot be shown.`, {
    attribute: keyword,
  });
}

type Bits = Pick<PixelEncoding, 'bitsStored' | 'highBit' | 'pixelRepresentation'>;

function readBits(attributes: Attributes, bitsAllocated: number, repairs: string[]): Bits {
  let bitsStored = readCount(attributes, TAG.bitsStored);
  if (bitsStored === null || bitsStored < 1 || bitsStored > bitsAllocated) {
    repairs.push(`BitsStored is missing or wrong; ${bitsAllocated} is assumed.`);
    bitsStored = bitsAllocated;
  }
  let highBit = readCount(attributes, TAG.highBit);
  if (highBit === null || highBit < bitsStored - 1 || highBit >= bitsAllocated) {
    repairs.push(`HighBit is missing or wrong; ${bitsStored - 1} is assumed.`);
    highBit = bitsStored - 1;
  }
  const pixelRepresentation = attributes.words(TAG.pixelRepresentation)[0] === 1 ? 1 : 0;
  return { bitsStored, highBit, pixelRepresentation };
}

function readPhotometricInterpretation(attributes: Attributes, samplesPerPixel: number, repairs: string[]): string {
  const written = attributes.code(TAG.photometricInterpretation).toUpperCase();
  const fits = samplesPerPixel === 1 ? /^(MONOCHROME[12]|PALETTE COLOR)$/ : /^(RGB$|YBR_)/;
  if (fits.test(written)) return written;
  const assumed = samplesPerPixel === 1 ? 'MONOCHROME2' : 'RGB';
  const fault = written === '' ? 'missing' : `${written}, which does not go with SamplesPerPixel ${samplesPerPixel}`;
  repairs.push(`PhotometricInterpretation is ${fault}; ${assumed} is assumed.`);
  return assumed;
}

function checkSupported({ bitsAllocated, samplesPerPixel, encapsulated }: StoredPicture): void {
  // Bits packed eight to a byte have no compressed form that any film uses.
  if (![1, 8, 16, 32].includes(bitsAllocated) || (bitsAllocated === 1 && encapsulated)) {
    throw new AppError('dicom/unsupported-pixels', `Hilum does not read pixels of ${bitsAllocated} allocated bits.`, {
      bitsAllocated,
    });
  }
  if (samplesPerPixel !== 1 && samplesPerPixel !== 3) {
    throw new AppError('dicom/unsupported-pixels', `Hilum does not read ${samplesPerPixel} samples per pixel.`, {
      samplesPerPixel,
    });
  }
}

function checkPlausible({ rows, columns, frames, frameBytes, encapsulated }: StoredPicture, available: number): void {
  const expected = frameBytes * frames;
  const growth = encapsulated ? LARGEST_GROWTH.encapsulated : LARGEST_GROWTH.native;
  if (expected <= LARGEST_BYTES && (expected <= HARMLESS_BYTES || expected <= available * growth)) return;
  throw new AppError(
    'dicom/implausible-size',
    `The header promises ${frames} × ${rows} × ${columns} pixels, which the file cannot hold.`,
    { rows, columns, frames, fileBytes: available },
  );
}
