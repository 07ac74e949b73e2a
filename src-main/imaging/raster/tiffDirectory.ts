/** The first directory of a TIFF (TIFF 6.0 section 2), or of a BigTIFF, whose numbers of 4 bytes have 8. */

export type TiffDirectory = {
  readonly little: boolean;
  readonly isBig: boolean;
  /** Each entry as it lies in the file, without its tag: type, count, and the values or where they are. */
  readonly entries: ReadonlyMap<number, Uint8Array>;
  /** The values of a tag that are whole numbers and lie in the file; empty where there are none. */
  readonly numbers: (tag: number) => readonly number[];
};

export const TIFF_TAG = {
  width: 256,
  length: 257,
  bitsPerSample: 258,
  compression: 259,
  stripOffsets: 273,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  planarConfiguration: 284,
  tileWidth: 322,
  tileLength: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  sampleFormat: 339,
} as const;

const SHORT = 3;
const LONG = 4;
const LONG8 = 16;
const BYTES: Readonly<Record<number, number>> = { [SHORT]: 2, [LONG]: 4, [LONG8]: 8 };

/** Null where there is none inside the file. */
export function readTiffDirectory(file: Uint8Array): TiffDirectory | null {
  if (file.length < 16) return null;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const little = file[0] === 0x49;
  const isBig = view.getUint16(2, little) === 43;
  const pointer = (at: number): number => (isBig ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little));
  const { countBytes, entryBytes, pointerBytes } = sizesOf(isBig);
  const directory = pointer(isBig ? 8 : 4);
  if (directory + countBytes > file.length) return null;
  const count = isBig ? pointer(directory) : view.getUint16(directory, little);
  const first = directory + countBytes;
  if (first + count * entryBytes > file.length) return null;
  const entries = new Map<number, Uint8Array>();
  for (let at = first; at < first + count * entryBytes; at += entryBytes) {
    entries.set(view.getUint16(at, little), file.subarray(at + 2, at + entryBytes));
  }

  function numbers(tag: number): readonly number[] {
    const entry = entries.get(tag);
    if (entry === undefined) return [];
    const at = entry.byteOffset - file.byteOffset;
    const bytes = BYTES[view.getUint16(at, little)];
    const values = pointer(at + 2);
    const inline = at + 2 + pointerBytes;
    const from = values * (bytes ?? 0) <= pointerBytes ? inline : pointer(inline);
    if (bytes === undefined || from + values * bytes > file.length) return [];
    const read = {
      2: (place: number) => view.getUint16(place, little),
      4: (place: number) => view.getUint32(place, little),
      8: (place: number) => Number(view.getBigUint64(place, little)),
    }[bytes];
    return Array.from({ length: values }, (_, index) => read?.(from + index * bytes) ?? 0);
  }

  return { little, isBig, entries, numbers };
}

/** The file with another first directory behind it. `numbers` replace or join the entries, as single values. */
export function withTiffDirectory(
  file: Uint8Array,
  { little, isBig }: TiffDirectory,
  entries: ReadonlyMap<number, Uint8Array>,
  numbers: ReadonlyMap<number, number>,
): Uint8Array {
  const { countBytes, entryBytes, pointerBytes } = sizesOf(isBig);
  const tags = [...new Set([...entries.keys(), ...numbers.keys()])].sort((one, other) => one - other);
  const directory = file.length + (file.length % 2);
  const bytes = new Uint8Array(directory + countBytes + tags.length * entryBytes + pointerBytes);
  bytes.set(file);
  const view = new DataView(bytes.buffer);
  const setPointer = (at: number, value: number): void =>
    isBig ? view.setBigUint64(at, BigInt(value), little) : view.setUint32(at, value, little);
  setPointer(isBig ? 8 : 4, directory);
  if (isBig) setPointer(directory, tags.length);
  else view.setUint16(directory, tags.length, little);
  for (const [index, tag] of tags.entries()) {
    const at = directory + countBytes + index * entryBytes;
    view.setUint16(at, tag, little);
    const number = numbers.get(tag);
    if (number === undefined) {
      bytes.set(entries.get(tag) ?? [], at + 2);
      continue;
    }
    view.setUint16(at + 2, LONG, little);
    setPointer(at + 4, 1);
    view.setUint32(at + 4 + pointerBytes, number, little);
  }
  return bytes;
}

function sizesOf(isBig: boolean): {
  readonly countBytes: number;
  readonly entryBytes: number;
  readonly pointerBytes: number;
} {
  return isBig
    ? { countBytes: 8, entryBytes: 20, pointerBytes: 8 }
    : { countBytes: 2, entryBytes: 12, pointerBytes: 4 };
}
