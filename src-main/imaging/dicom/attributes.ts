/** Values out of a data set, read leniently: what is absent, empty or unreadable is '' or null, never an exception. */
import type { DataSet, Element } from 'dicom-parser';
import { decodeText } from './decodeText';
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
  /** DS or IS: the values that are numbers. */
  readonly decimals: (tag: string) => readonly number[];
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
    decimals: (tag) =>
      codeOf(tag)
        .split('\\')
        .filter((part) => part.trim() !== '')
        // A comma for the decimal point is illegal and common.
        .map((part) => Number(part.replace(',', '.')))
        .filter((value) => Number.isFinite(value)),
    words: (tag, signed = false) => readWords(bytesOf(tag), littleEndian, signed),
    items: (tag) =>
      (elementOf(tag)?.items ?? []).flatMap((item) =>
        item.dataSet === undefined ? [] : [readerOver(item.dataSet, { ...inherited, characterSet })],
      ),
    hasUncertainText: () => doubt.uncertain,
  };
}

/** Rows, Columns and the like; also where a writer made them four bytes long (UL). Null where there is no value. */
export function readCount(attributes: Attributes, tag: string): number | null {
  const [low, high] = attributes.words(tag);
  if (low === undefined) return null;
  return attributes.bytes(tag).length === 4 && high !== undefined ? low + high * 65536 : low;
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
