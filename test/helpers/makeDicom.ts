/** Small films in every transfer syntax that Hilum reads, made from one picture. */
import { deflateRawSync } from 'node:zlib';
import { Context, NativeCodecs } from 'dcmjs-codecs';
import { randomNumbers } from './randomNumbers';

const ROWS = 104;
const COLUMNS = 100;

export type MadePicture = {
  readonly rows: number;
  readonly columns: number;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  /** Little-endian, [rows*columns]. */
  readonly pixels: Uint8Array;
};

/** 100 × 104 pixels of 12 bits in 16: a slope with some noise, so that lossless codecs have something to do. */
function smallPicture(): MadePicture {
  const random = randomNumbers(1);
  const pixels = Buffer.alloc(2 * ROWS * COLUMNS);
  for (let at = 0; at < ROWS * COLUMNS; at++) {
    const value = 20 * Math.floor(at / COLUMNS) + 15 * (at % COLUMNS) + Math.floor(64 * random());
    pixels.writeUInt16LE(Math.min(4095, value), 2 * at);
  }
  return { rows: ROWS, columns: COLUMNS, bitsAllocated: 16, bitsStored: 12, pixels };
}

type Encode = (context: Context) => Context;

const ENCODERS: Readonly<Record<string, Encode>> = {
  '1.2.840.10008.1.2.5': (context) => NativeCodecs.encodeRle(context),
  '1.2.840.10008.1.2.4.50': (context) => NativeCodecs.encodeJpeg(context, { lossy: true, quality: 95 }),
  '1.2.840.10008.1.2.4.57': (context) => NativeCodecs.encodeJpeg(context, { lossy: false, predictor: 6 }),
  '1.2.840.10008.1.2.4.70': (context) => NativeCodecs.encodeJpeg(context, { lossy: false, predictor: 1 }),
  '1.2.840.10008.1.2.4.80': (context) => NativeCodecs.encodeJpegLs(context, {}),
  '1.2.840.10008.1.2.4.81': (context) => NativeCodecs.encodeJpegLs(context, { lossy: true, allowedLossyError: 2 }),
  '1.2.840.10008.1.2.4.90': (context) => NativeCodecs.encodeJpeg2000(context, {}),
  '1.2.840.10008.1.2.4.91': (context) => NativeCodecs.encodeJpeg2000(context, { lossy: true, rate: 10 }),
  '1.2.840.10008.1.2.4.110': (context) => NativeCodecs.encodeJpegXl(context, {}),
  '1.2.840.10008.1.2.4.201': (context) => NativeCodecs.encodeHtJpeg2000(context, {}),
  '1.2.840.10008.1.2.4.202': (context) => NativeCodecs.encodeHtJpeg2000(context, {}),
  '1.2.840.10008.1.2.4.203': (context) => NativeCodecs.encodeHtJpeg2000(context, { lossy: true }),
};

const IMPLICIT_LITTLE = '1.2.840.10008.1.2';
const EXPLICIT_BIG = '1.2.840.10008.1.2.2';
const DEFLATED = '1.2.840.10008.1.2.1.99';

const NATIVE = [IMPLICIT_LITTLE, '1.2.840.10008.1.2.1', EXPLICIT_BIG, DEFLATED, '1.2.840.10008.1.2.1.98'];

/** Those that hold pictures of 12 bits. */
export const MADE_SYNTAXES: readonly string[] = [...NATIVE, ...Object.keys(ENCODERS)].filter(
  (uid) => !uid.endsWith('.4.50'),
);

/** A film of `picture`. `more` elements replace those of the same tag. The codecs must have been loaded (`createCodecs`). */
export function makeDicom(
  transferSyntax: string,
  more: readonly Element[] = [],
  picture: MadePicture = smallPicture(),
): Buffer {
  const isBig = transferSyntax === EXPLICIT_BIG;
  const isEncapsulated = !NATIVE.includes(transferSyntax) || transferSyntax.endsWith('.98');
  const style: Style = { isBig, isImplicit: transferSyntax === IMPLICIT_LITTLE };
  const pixels = isEncapsulated ? encapsulate(encodePicture(transferSyntax, picture)) : Buffer.from(picture.pixels);
  const dataSet = Buffer.concat([
    ...headerOf(picture, more).map(([group, element, vr, value]) => writeElement(group, element, vr, value, style)),
    writeElement(0x7fe0, 0x0010, 'OW', isBig ? pixels.swap16() : pixels, style, isEncapsulated),
  ]);
  const meta = writeElement(0x0002, 0x0010, 'UI', transferSyntax, { isBig: false, isImplicit: false });
  const body = transferSyntax === DEFLATED ? deflateRawSync(dataSet) : dataSet;
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), meta, body]);
}

type Value = string | number | Buffer;
type Style = { readonly isBig: boolean; readonly isImplicit: boolean };

/** Where `vr` is '', the value is the whole element as it is to lie in the file, with its header. */
export type Element = readonly [group: number, element: number, vr: string, value: Value];

/** In the order of their tags, as a data set has them. */
function headerOf({ rows, columns, bitsAllocated, bitsStored }: MadePicture, more: readonly Element[]): Element[] {
  const size: readonly Element[] = [
    [0x0028, 0x0010, 'US', rows],
    [0x0028, 0x0011, 'US', columns],
    [0x0028, 0x0100, 'US', bitsAllocated],
    [0x0028, 0x0101, 'US', bitsStored],
    [0x0028, 0x0102, 'US', bitsStored - 1],
  ];
  const byTag = new Map([...HEADER, ...size, ...more].map((each) => [each[0] * 0x10000 + each[1], each]));
  return [...byTag].sort(([one], [other]) => one - other).map(([, element]) => element);
}

const HEADER: readonly Element[] = [
  [0x0008, 0x0005, 'CS', 'ISO_IR 100'],
  [0x0008, 0x0016, 'UI', '1.2.840.10008.5.1.4.1.1.1.1'],
  [0x0008, 0x0018, 'UI', '1.2.3.4'],
  [0x0008, 0x0020, 'DA', '20240102'],
  [0x0008, 0x0060, 'CS', 'DX'],
  [0x0010, 0x0010, 'PN', 'Doe^Jane'],
  [0x0010, 0x0020, 'LO', 'P1'],
  [0x0010, 0x1010, 'AS', '050Y'],
  [0x0018, 0x0015, 'CS', 'CHEST'],
  [0x0018, 0x5101, 'CS', 'PA'],
  [0x0020, 0x000d, 'UI', '1.2.3'],
  [0x0028, 0x0002, 'US', 1],
  [0x0028, 0x0004, 'CS', 'MONOCHROME2'],
  [0x0028, 0x0103, 'US', 0],
  [0x0028, 0x1050, 'DS', '2048'],
  [0x0028, 0x1051, 'DS', '4096'],
];

const LONG_LENGTH_VRS = new Set(['OB', 'OV', 'OW', 'SQ', 'SV', 'UN', 'UV']);

function writeElement(
  group: number,
  element: number,
  vr: string,
  value: Value,
  { isBig, isImplicit }: Style,
  isUndefinedLength = false,
): Buffer {
  const word = (number: number): Buffer => {
    const bytes = Buffer.alloc(2);
    return isBig ? (bytes.writeUInt16BE(number), bytes) : (bytes.writeUInt16LE(number), bytes);
  };
  const long = (number: number): Buffer => {
    const bytes = Buffer.alloc(4);
    return isBig ? (bytes.writeUInt32BE(number), bytes) : (bytes.writeUInt32LE(number), bytes);
  };
  const pad = vr === 'UI' ? '\0' : ' ';
  const text = typeof value === 'string' ? Buffer.from(value.length % 2 === 0 ? value : value + pad) : null;
  const bytes = typeof value === 'number' ? word(value) : (text ?? (value as Buffer));
  if (vr === '') return bytes;
  const length = isUndefinedLength ? 0xffffffff : bytes.length;
  const tag = Buffer.concat([word(group), word(element)]);
  if (isImplicit) return Buffer.concat([tag, long(length), bytes]);
  const lengthField = LONG_LENGTH_VRS.has(vr) ? Buffer.concat([word(0), long(length)]) : word(length);
  return Buffer.concat([tag, Buffer.from(vr), lengthField, bytes]);
}

/** One frame as one fragment, with an empty Basic Offset Table (PS3.5 A.4). */
function encapsulate(frame: Buffer): Buffer {
  const item = (bytes: Buffer): Buffer => {
    const head = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
    head.writeUInt32LE(bytes.length, 4);
    return Buffer.concat([head, bytes]);
  };
  const even = frame.length % 2 === 0 ? frame : Buffer.concat([frame, Buffer.alloc(1)]);
  return Buffer.concat([item(Buffer.alloc(0)), item(even), Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0])]);
}

function encodePicture(transferSyntax: string, picture: MadePicture): Buffer {
  const { rows: height, columns: width, bitsAllocated, bitsStored } = picture;
  const decodedBuffer = new Uint8Array(picture.pixels);
  const encode = ENCODERS[transferSyntax];
  if (encode === undefined) return Buffer.from(decodedBuffer);
  const context = new Context({
    ...{ width, height, bitsAllocated, bitsStored, samplesPerPixel: 1 },
    ...{ pixelRepresentation: 0, planarConfiguration: 0, photometricInterpretation: 'MONOCHROME2', decodedBuffer },
  });
  return Buffer.from(encode(context).getEncodedBuffer() ?? []);
}
