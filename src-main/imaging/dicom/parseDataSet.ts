/**
 * Bytes → data set, with or without preamble, file meta or transfer syntax (PS3.10 7.1), deflated or not.
 * dicom-parser reads the elements one by one; an element that it cannot read is stepped over instead of ending the
 * file there. Reading stops at Pixel Data, whose bytes are cut later.
 */
import dicomParser, { type ByteStream, type DataSet, type Element } from 'dicom-parser';
import { AppError } from '#main/contract/errors';
import type { DicomCodecs } from '../filmPixels';
import { endOfElement, hasKnownVr, readHeader, type Encoding } from './elementHeader';
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
  /** True where it ends inside one that follows Pixel Data. */
  readonly cutBehindPixels: boolean;
};

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
/** Data Set Trailing Padding, behind which nothing can come. */
const LAST_TAG = 'xfffcfffc';
/** Newer than dicom-parser, which would take their length for a short one (PS3.5 6.2). */
const NEW_VRS = new Set(['OV', 'SV', 'UV']);

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
  const start = startOfData(file);
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

/** Without a preamble the letters may stand at its place by chance, inside a value of the data set. */
function startOfData(bytes: Uint8Array): number {
  const end = magicEnd(bytes) ?? 0;
  return !looksLikeDataSet(bytes.subarray(end)) && looksLikeDataSet(bytes) ? 0 : end;
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
    const explicit = hasKnownVr(view, position);
    const header = readHeader(view, position, { littleEndian: true, explicit });
    if (header === null || header.end > bytes.length) {
      throw new AppError('dicom/truncated', 'The file ends inside its file meta information.');
    }
    if (!explicit) repaired = true;
    if (view.getUint16(position + 2, true) === 0x0010) transferSyntax = asciiUid(bytes, header.dataOffset, header.end);
    position = header.end;
  }
  return { transferSyntax, end: position, repaired };
}

/** How the data set is really encoded, from its first element; groups there are always below 0x0100. */
function sniffEncoding(bytes: Uint8Array, position: number): Encoding {
  const littleEndian = !(bytes[position] === 0 && bytes[position + 1] !== 0);
  return { littleEndian, explicit: hasKnownVr(viewOf(bytes), position) };
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
): Pick<ParsedDicom, 'dataSet' | 'repairs' | 'cut' | 'cutBehindPixels'> {
  const parser = encoding.littleEndian ? dicomParser.littleEndianByteArrayParser : dicomParser.bigEndianByteArrayParser;
  const stream = new dicomParser.ByteStream(parser, bytes, position);
  const elements: Record<string, Element> = {};
  const view = viewOf(bytes);
  let cut = false;
  let cutBehindPixels = false;
  let skipped = 0;
  while (stream.position + 8 <= bytes.length) {
    const start = stream.position;
    const end = endOfElement(view, start, encoding);
    const element = readNewElement(view, start, encoding) ?? readElement(stream, encoding);
    if (element !== null) {
      // The first of two equal tags is the one that other readers take.
      elements[element.tag] ??= element;
      if (element.tag === TAG.pixelData) {
        cutBehindPixels = end !== null && endsInElement(view, end, encoding);
        break;
      }
    } else if (end === null) {
      stream.position = start;
      cut = true;
      break;
    } else {
      skipped += 1;
    }
    // What is inside an element may mislead dicom-parser as to where it ends.
    if (end !== null) stream.position = end;
  }
  if (stream.position > bytes.length) cut = true;
  const rest = bytes.length - stream.position;
  if (rest > 0 && rest < 8 && elements[TAG.pixelData] === undefined) cut = true;
  if (skipped > 0) repairs.push(`${skipped} damaged header elements were left out.`);
  return { dataSet: newDataSet(parser, bytes, elements), repairs, cut, cutBehindPixels };
}

/** From behind Pixel Data. Tags rise (PS3.5 7.1): where they do not, there is padding or refuse, which may end anywhere. */
function endsInElement(view: DataView, from: number, encoding: Encoding): boolean {
  let lastTag: string = TAG.pixelData;
  let position = from;
  while (position + 4 <= view.byteLength) {
    const tag = tagAt(view, position, encoding);
    if (tag <= lastTag || tag > LAST_TAG) return false;
    const end = endOfElement(view, position, encoding);
    if (end === null) return true;
    lastTag = tag;
    position = end;
  }
  return false;
}

/** As dicom-parser writes tags: they sort as their numbers do. */
function tagAt(view: DataView, position: number, { littleEndian }: Encoding): string {
  const tag = view.getUint16(position, littleEndian) * 0x10000 + view.getUint16(position + 2, littleEndian);
  return `x${tag.toString(16).padStart(8, '0')}`;
}

/** Null where the next element is one that dicom-parser knows, or does not end inside the file. */
function readNewElement(view: DataView, position: number, encoding: Encoding): Element | null {
  const header = readHeader(view, position, encoding);
  if (header === null || header.end > view.byteLength || !encoding.explicit) return null;
  const { vr, dataOffset, end } = header;
  if (hasKnownVr(view, position) && !NEW_VRS.has(vr)) return null;
  return { tag: tagAt(view, position, encoding), vr, length: end - dataOffset, dataOffset };
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

function asciiUid(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, Math.min(to, from + 64))).replace(/[^0-9.]/g, '');
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
