/** Text attributes of HDF5 (IV.A.2.m): fixed length in place, or of any length in a global heap (III.E). */
import type { Message } from './hdf5Messages';

const STRING_CLASS = 3;
const ANY_LENGTH_CLASS = 9;
const HEAP_SIGNATURE = 0x4c4f4347;
const HEAP_HEAD = 16;
/** `model_config` of a DenseNet-121 has 0.4 MB. */
const LONGEST_TEXT = 20_000_000;

/** [[name, text]], or nothing where it is no single text. Throws RangeError where the file ends within it. */
export function readTextAttribute(view: DataView, { start }: Message): [string, string][] {
  const version = view.getUint8(start);
  const [nameBytes = 0, typeBytes = 0, spaceBytes = 0] = [2, 4, 6].map((at) => view.getUint16(start + at, true));
  const padded = (bytes: number): number => (version === 1 ? Math.ceil(bytes / 8) * 8 : bytes);
  const nameAt = start + (version === 3 ? 9 : 8);
  const typeAt = nameAt + padded(nameBytes);
  const spaceAt = typeAt + padded(typeBytes);
  const dataAt = spaceAt + padded(spaceBytes);
  const name = textAt(view, nameAt, Math.max(0, nameBytes - 1));
  // A list of texts, like the names of layers, says nothing that the groups do not say.
  if (view.getUint8(spaceAt + 1) !== 0) return [];
  const typeClass = view.getUint8(typeAt) & 0x0f;
  if (typeClass === STRING_CLASS) return [[name, textAt(view, dataAt, view.getUint32(typeAt + 4, true))]];
  if (typeClass !== ANY_LENGTH_CLASS) return [];
  const length = view.getUint32(dataAt, true);
  const text = textInHeap(view, Number(view.getBigUint64(dataAt + 4, true)), view.getUint32(dataAt + 12, true), length);
  return text === null ? [] : [[name, text]];
}

function textAt(view: DataView, at: number, bytes: number): string {
  if (bytes > LONGEST_TEXT) throw new RangeError('A text of the file is too long.');
  const raw = new Uint8Array(view.buffer, view.byteOffset, view.byteLength).subarray(at, at + bytes);
  if (raw.length < bytes) throw new RangeError('The file ends within a text.');
  return new TextDecoder().decode(raw).replace(/\0+$/, '');
}

/** Object `index` of a collection; null where it has none of that number. */
function textInHeap(view: DataView, at: number, index: number, length: number): string | null {
  if (view.getUint32(at, true) !== HEAP_SIGNATURE) return null;
  const end = at + Number(view.getBigUint64(at + 8, true));
  for (let object = at + HEAP_HEAD; object + HEAP_HEAD <= end;) {
    const number = view.getUint16(object, true);
    const bytes = Number(view.getBigUint64(object + 8, true));
    if (number === index) return textAt(view, object + HEAP_HEAD, Math.min(length, bytes));
    // Number 0 is what is free, up to the end.
    if (number === 0) return null;
    object += HEAP_HEAD + Math.ceil(bytes / 8) * 8;
  }
  return null;
}
