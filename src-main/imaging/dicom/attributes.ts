/** Values out of a data set, read leniently: what is absent, empty or unreadable is '' or null, never an exception. */
import type { DataSet, Element } from 'dicom-parser';
import { decodeText } from './decodeText';
import { itemsOfUnknown } from './itemsOfUnknown';
import type { ParsedDicom } from './parseDataSet';
import { TAG } from './tags';

export type Attributes = {
  readonly element: (tag: string) => Element | null;
  /** An element's bytes inside the file. */
  readonly bytes: (tag: string) => Uint8Array;
  /** ASCII code or UID, all values joined by `\`. */
  readonly code: (tag: string) => string;
  /** Text in the file's character set. */
  readonly text: (tag: string, valueRepresentation?: string) => string;
  /** DS or IS, each value in its place; null where it is empty or no number. */
  readonly decimals: (tag: string) => readonly (number | null)[];
  /** US or SS values; `signed` decides, because the written VR is often wrong. */
  readonly words: (tag: string, signed?: boolean) => readonly number[];
  readonly items: (tag: string) => readonly Attributes[];
  /** Whether some text read so far could not be decoded with the declared character set. */
  readonly hasUncertainText: () => boolean;
};

export function attributesOf({ dataSet, bytes, littleEndian }: ParsedDicom): Attributes {
  const doubt = { uncertain: false };
  return readerOver(dataSet, { bytes, littleEndian, characterSet: '', doubt });
}

type Context = {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  readonly characterSet: string;
  readonly doubt: { uncertain: boolean };
};

function readerOver(dataSet: DataSet, inherited: Context): Attributes {
  const { bytes, littleEndian, doubt } = inherited;
  const elementOf = (tag: string): Element | null => dataSet.elements[tag] ?? null;
  const bytesOf = (tag: string): Uint8Array => {
    const element = elementOf(tag);
    return element === null
      ? new Uint8Array()
      : bytes.subarray(element.dataOffset, element.dataOffset + element.length);
  };
  const codeOf = (tag: string): string => trimmed(asciiText(bytesOf(tag)));
  // An item may have a character set of its own (PS3.3 C.12.1.1.2).
  const characterSet = codeOf(TAG.specificCharacterSet) || inherited.characterSet;
  return {
    element: elementOf,
    bytes: bytesOf,
    code: codeOf,
    text: (tag, valueRepresentation = 'LO') => {
      const { text, certain } = decodeText(bytesOf(tag), characterSet, valueRepresentation);
      if (!certain) doubt.uncertain = true;
      return text;
    },
    decimals: (tag) => {
      const width = BINARY_BYTES[elementOf(tag)?.vr ?? ''];
      return width === undefined
        ? codeOf(tag).split('\\').map(parseDecimal)
        : readBinary(bytesOf(tag), elementOf(tag)?.vr ?? '', width, littleEndian);
    },
    words: (tag, signed = false) => readWords(bytesOf(tag), littleEndian, signed),
    items: (tag) => {
      const element = elementOf(tag);
      if (element === null) return [];
      const unknown = element.vr === 'UN' && element.items === undefined;
      const items = unknown ? itemsOfUnknown(bytes, element) : (element.items ?? []);
      const context = { ...inherited, characterSet, littleEndian: littleEndian || unknown };
      return items.flatMap(({ dataSet: inner }) => (inner === undefined ? [] : [readerOver(inner, context)]));
    },
    hasUncertainText: () => doubt.uncertain,
  };
}

/** Rows, Columns and the like; also where a writer made them UL, or digits (IS). Null where there is no value. */
export function readCount(attributes: Attributes, tag: string): number | null {
  const vr = attributes.element(tag)?.vr;
  if (vr === 'IS' || vr === 'DS') {
    const value = attributes.decimals(tag)[0] ?? null;
    return value !== null && value >= 0 ? Math.trunc(value) : null;
  }
  const [low, high] = attributes.words(tag);
  if (low === undefined) return null;
  const isLong = attributes.bytes(tag).length === 4 && vr !== 'US' && vr !== 'SS';
  return isLong && high !== undefined ? low + high * 65536 : low;
}

export function readWords(bytes: Uint8Array, littleEndian: boolean, signed = false): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values: number[] = [];
  for (let at = 0; at + 2 <= bytes.length; at += 2) {
    values.push(signed ? view.getInt16(at, littleEndian) : view.getUint16(at, littleEndian));
  }
  return values;
}

/** Every two bytes in the other order; a last one alone is dropped. */
export function swapPairs(bytes: Uint8Array): Uint8Array {
  const swapped = new Uint8Array(bytes.length & ~1);
  for (let at = 0; at < swapped.length; at++) swapped[at] = bytes[at ^ 1] ?? 0;
  return swapped;
}

/** A comma for the decimal point is illegal and common. */
function parseDecimal(part: string): number | null {
  const value = part === '' ? NaN : Number(part.replace(',', '.'));
  return Number.isFinite(value) ? value : null;
}

/** Bytes of a value of each binary VR, which some writers give to decimals. */
const BINARY_BYTES: Readonly<Record<string, 2 | 4 | 8>> = { US: 2, SS: 2, UL: 4, SL: 4, FL: 4, FD: 8 };

function readBinary(bytes: Uint8Array, vr: string, width: 2 | 4 | 8, littleEndian: boolean): (number | null)[] {
  if (width === 2) return readWords(bytes, littleEndian, vr === 'SS');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / width) }, (_, index) => {
    const at = index * width;
    if (vr === 'UL') return view.getUint32(at, littleEndian);
    if (vr === 'SL') return view.getInt32(at, littleEndian);
    const value = width === 4 ? view.getFloat32(at, littleEndian) : view.getFloat64(at, littleEndian);
    return Number.isFinite(value) ? value : null;
  });
}

function asciiText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes.subarray(0, 4096)) text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ' ';
  return text;
}

function trimmed(value: string): string {
  return value
    .split('\\')
    .map((part) => part.trim())
    .join('\\')
    .replace(/\\+$/, '');
}
