/**
 * Bytes → data set, with or without preamble, file meta or transfer syntax (PS3.10 7.1), deflated or not.
 * dicom-parser reads the elements one by one; an element that it cannot read is stepped over instead of ending the
 * file there. Reading stops at Pixel Data, whose bytes are cut later.
 */
import dicomParser, { type ByteStream, type DataSet, type Element } from 'dicom-parser';
import { AppError } from '#main/contract/errors';
import type { DicomCodecs } from '../filmPixels';
import { TAG } from './tags';
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from './transferSyntaxes';

export type ParsedDicom = {
  readonly dataSet: DataSet;
  /** All bytes that element offsets point into (inflated where the file was deflated). */
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  readonly transferSyntax: string;
  /** What had to be guessed or stepped over, in sentences. */
  readonly repairs: readonly string[];
  /** True where the file ends inside an element before Pixel Data. */
  readonly cut: boolean;
};

export type Encoding = { readonly littleEndian: boolean; readonly explicit: boolean };

export type OpenDataSet = {
  /** Inflated where the file was deflated. */
  readonly bytes: Uint8Array;
  /** Where the first element after the file meta information begins. */
  readonly position: number;
  /** How the data set is really encoded. */
  readonly encoding: Encoding;
  readonly transferSyntax: string;
  readonly repairs: readonly string[];
};

type Meta = { readonly transferSyntax: string; readonly end: number; readonly repaired: boolean };

const PREAMBLE = 128;
const LONG_LENGTH_VRS = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const VRS = new Set(
  'AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV'.split(' '),
);
/** 64-bit integers: dicom-parser is older than they are, and would take their length for a short one. */
const LONG_INTEGER_VRS = new Set(['OV', 'SV', 'UV']);
const UNDEFINED_LENGTH = 0xffffffff;

/** Whether the bytes are DICOM: the magic word, or a bare data set that starts in group 0002 or 0008. */
export function looksLikeDicom(bytes: Uint8Array): boolean {
  return magicEnd(bytes) !== null || looksLikeDataSet(bytes);
}

/** Throws AppError `dicom/malformed` or `dicom/truncated` where no element can be read. */
export function parseDataSet(file: Uint8Array, codecs: Pick<DicomCodecs, 'inflateRaw'>): ParsedDicom {
  const { bytes, position, encoding, transferSyntax, repairs } = openDataSet(file, codecs);
  const { littleEndian } = encoding;
  return { ...readElements(bytes, position, encoding, [...repairs]), bytes, littleEndian, transferSyntax };
}

/** Finds where the data set begins and how it is encoded. Throws as parseDataSet. */
export function openDataSet(file: Uint8Array, codecs: Pick<DicomCodecs, 'inflateRaw'>): OpenDataSet {
  const start = magicEnd(file) ?? 0;
  if (start === 0 && !looksLikeDataSet(file)) throw new AppError('dicom/malformed', 'The file is not DICOM.');
  const repairs: string[] = [];
  const meta = readMeta(file, start);
  if (start === 0) repairs.push('The file has no DICOM preamble.');
  if (meta.repaired) repairs.push('The file meta information is not written as the standard asks.');
  const bytes = meta.transferSyntax === DEFLATED ? codecs.inflateRaw(file.subarray(meta.end)) : file;
  const position = meta.transferSyntax === DEFLATED ? 0 : meta.end;
  if (position + 8 > bytes.length) throw new AppError('dicom/truncated', 'The file ends after its header.');

  const sniffed = sniffEncoding(bytes, position);
  const declared = declaredEncoding(meta.transferSyntax);
  const agrees = declared.littleEndian === sniffed.littleEndian && declared.explicit === sniffed.explicit;
  if (meta.transferSyntax === '') repairs.push('The file does not name its transfer syntax.');
  else if (!agrees) repairs.push('The data set is not encoded as its transfer syntax says.');
  const transferSyntax = meta.transferSyntax === '' ? nativeSyntax(sniffed) : meta.transferSyntax;
  return { bytes, position, encoding: sniffed, transferSyntax, repairs };
}

/** Position after `DICM`, at its place or (some old writers) at the very start; null where there is none. */
function magicEnd(bytes: Uint8Array): number | null {
  for (const at of [PREAMBLE, 0]) {
    if (bytes[at] === 0x44 && bytes[at + 1] === 0x49 && bytes[at + 2] === 0x43 && bytes[at + 3] === 0x4d) return at + 4;
  }
  return null;
}

function looksLikeDataSet(bytes: Uint8Array): boolean {
  if (bytes.length < 8) return false;
  const { littleEndian, explicit } = sniffEncoding(bytes, 0);
  const view = viewOf(bytes);
  const group = view.getUint16(0, littleEndian);
  const element = view.getUint16(2, littleEndian);
  if ((group !== 0x0002 && group !== 0x0008) || element > 0x0100) return false;
  const length = explicit ? view.getUint16(6, littleEndian) : view.getUint32(4, littleEndian);
  return length <= bytes.length - 8;
}

/** Group 0002: always explicit little-endian, except that some writers make it implicit or leave it out. */
function readMeta(bytes: Uint8Array, start: number): Meta {
  const view = viewOf(bytes);
  let transferSyntax = '';
  let repaired = false;
  let position = start;
  while (position + 8 <= bytes.length && view.getUint16(position, true) === 0x0002) {
    const header = readHeader(view, position, { littleEndian: true, explicit: hasVr(bytes, position) });
    if (header === null || header.end > bytes.length) {
      throw new AppError('dicom/truncated', 'The file ends inside its file meta information.');
    }
    if (!hasVr(bytes, position)) repaired = true;
    if (view.getUint16(position + 2, true) === 0x0010) transferSyntax = asciiUid(bytes, header.dataOffset, header.end);
    position = header.end;
  }
  return { transferSyntax, end: position, repaired };
}

/** Null where the header itself is cut. `end` may lie beyond the file; it is Infinity for undefined length. */
export function readHeader(
  view: DataView,
  position: number,
  { littleEndian, explicit }: Encoding,
): { readonly dataOffset: number; readonly end: number } | null {
  const vr = vrAt(view, position);
  const isLong = explicit && LONG_LENGTH_VRS.has(vr);
  const dataOffset = position + (isLong ? 12 : 8);
  if (dataOffset > view.byteLength) return null;
  const length = isLong
    ? view.getUint32(position + 8, littleEndian)
    : explicit
      ? view.getUint16(position + 6, littleEndian)
      : view.getUint32(position + 4, littleEndian);
  return { dataOffset, end: length === UNDEFINED_LENGTH ? Infinity : dataOffset + length };
}

/** How the data set is really encoded, from its first element; groups there are always below 0x0100. */
function sniffEncoding(bytes: Uint8Array, position: number): Encoding {
  const littleEndian = !(bytes[position] === 0 && bytes[position + 1] !== 0);
  return { littleEndian, explicit: hasVr(bytes, position) };
}

function declaredEncoding(transferSyntax: string): Encoding {
  return { littleEndian: transferSyntax !== EXPLICIT_BIG, explicit: transferSyntax !== IMPLICIT_LITTLE };
}

function nativeSyntax({ littleEndian, explicit }: Encoding): string {
  return explicit ? (littleEndian ? EXPLICIT_LITTLE : EXPLICIT_BIG) : IMPLICIT_LITTLE;
}

function readElements(
  bytes: Uint8Array,
  position: number,
  encoding: Encoding,
  repairs: string[],
): Pick<ParsedDicom, 'dataSet' | 'repairs' | 'cut'> {
  const parser = encoding.littleEndian ? dicomParser.littleEndianByteArrayParser : dicomParser.bigEndianByteArrayParser;
  const stream = new dicomParser.ByteStream(parser, bytes, position);
  const elements: Record<string, Element> = {};
  const view = viewOf(bytes);
  let cut = false;
  let skipped = 0;
  while (stream.position + 8 <= bytes.length) {
    const start = stream.position;
    const element = readLongIntegers(view, stream, encoding) ?? readElement(stream, encoding);
    if (element === null) {
      const header = readHeader(view, start, encoding);
      cut = header === null || header.end > bytes.length;
      if (cut || header === null) break;
      skipped += 1;
      stream.position = header.end;
      continue;
    }
    // The first of two equal tags is the one that other readers take.
    elements[element.tag] ??= element;
    if (element.tag === TAG.pixelData) break;
  }
  const rest = bytes.length - stream.position;
  if (rest > 0 && rest < 8 && elements[TAG.pixelData] === undefined) cut = true;
  if (skipped > 0) repairs.push(`${skipped} damaged header elements were left out.`);
  return { dataSet: newDataSet(parser, bytes, elements), repairs, cut };
}

/** Null where the next element holds no 64-bit integers, or does not end inside the file. */
function readLongIntegers(view: DataView, stream: ByteStream, encoding: Encoding): Element | null {
  const { position } = stream;
  const vr = vrAt(view, position);
  if (!encoding.explicit || !LONG_INTEGER_VRS.has(vr)) return null;
  const header = readHeader(view, position, encoding);
  if (header === null || header.end > view.byteLength) return null;
  stream.position = header.end;
  const { littleEndian } = encoding;
  const number = view.getUint16(position, littleEndian) * 0x10000 + view.getUint16(position + 2, littleEndian);
  const { dataOffset, end } = header;
  return { tag: `x${number.toString(16).padStart(8, '0')}`, vr, length: end - dataOffset, dataOffset };
}

/** Null where dicom-parser throws: it throws strings, plain objects and errors alike. */
function readElement(stream: ByteStream, { explicit }: Encoding): Element | null {
  try {
    return explicit
      ? dicomParser.readDicomElementExplicit(stream, stream.warnings, TAG.pixelData)
      : dicomParser.readDicomElementImplicit(stream, TAG.pixelData);
  } catch {
    return null;
  }
}

/** dicom-parser exports this class, but its types name it only as an interface. */
function newDataSet(parser: unknown, bytes: Uint8Array, elements: Record<string, Element>): DataSet {
  const { DataSet } = dicomParser as unknown as {
    DataSet: new (parser: unknown, bytes: Uint8Array, elements: Record<string, Element>) => DataSet;
  };
  return new DataSet(parser, bytes, elements);
}

function hasVr(bytes: Uint8Array, position: number): boolean {
  return VRS.has(String.fromCharCode(bytes[position + 4] ?? 0, bytes[position + 5] ?? 0));
}

function vrAt(view: DataView, position: number): string {
  return String.fromCharCode(view.getUint8(position + 4), view.getUint8(position + 5));
}

function asciiUid(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, Math.min(to, from + 64))).replace(/[^0-9.]/g, '');
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
