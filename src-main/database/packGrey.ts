/**
 * A grey description as the database keeps it: JSON, and the entries of its lookup tables (up to 65,536 each) as one
 * blob of uint16. All machines that Hilum runs on are little-endian.
 */
import type { GreyDescription, LookupTable } from '#main/contract/film';

export type PackedGrey = { readonly json: string; readonly tables: Buffer };

/** In JSON the entries of a table are a place in the blob. */
type PackedTable = { readonly firstEntry: number; readonly entries: number };

export function packGrey(grey: GreyDescription): PackedGrey {
  const tables: Uint16Array[] = [];
  let entries = 0;
  const json = JSON.stringify(grey, (_key, value: unknown) => {
    if (!(value instanceof Uint16Array)) return value;
    const packed: PackedTable = { firstEntry: entries, entries: value.length };
    tables.push(value);
    entries += value.length;
    return packed;
  });
  return { json, tables: Buffer.concat(tables.map((data) => bytesOf(data))) };
}

export function unpackGrey({ json, tables }: PackedGrey): GreyDescription {
  return JSON.parse(json, (key, value: unknown) => {
    if (key !== 'data') return value;
    const { firstEntry, entries } = value as PackedTable;
    const bytes = tables.subarray(2 * firstEntry, 2 * (firstEntry + entries));
    return new Uint16Array(copyOf(bytes)) satisfies LookupTable['data'];
  }) as GreyDescription;
}

/** The bytes of a typed array, not copied. */
export function bytesOf(array: Uint16Array | Float32Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

/** A blob's bytes at an offset that every typed array may start at. */
export function copyOf(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
