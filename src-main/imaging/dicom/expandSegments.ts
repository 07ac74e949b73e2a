/** Segmented Palette Color Lookup Table Data (PS3.3 C.7.9.2). */
const DISCRETE = 0;
const LINEAR = 1;
const INDIRECT = 2;

/**
 * The table that the segments describe; null where they describe none of `entries` entries. `data` are the segments as
 * they are stored: bytes of a table with 8 bits an entry, else words.
 */
export function expandSegments(data: Uint8Array | Uint16Array, entries: number): Uint16Array | null {
  const table: number[] = [];
  const isWhole = expand(data, 0, Infinity, entries, table);
  return isWhole && table.length === entries ? Uint16Array.from(table) : null;
}

/** Appends at most `segments` of them to `table`, until that is full; false where one of them can not be. */
function expand(
  data: Uint8Array | Uint16Array,
  from: number,
  segments: number,
  entries: number,
  table: number[],
  isCopy = false,
): boolean {
  let at = from;
  for (let count = 0; count < segments && at + 2 < data.length && table.length < entries; count++) {
    const [opcode = 0, length = 0] = data.subarray(at, at + 2);
    at += 2;
    if (opcode === DISCRETE) {
      if (at + length > data.length) return false;
      table.push(...data.subarray(at, at + length));
      at += length;
    } else if (opcode === LINEAR) {
      if (!appendLine(table, data[at] ?? 0, length)) return false;
      at += 1;
    } else {
      // It may not copy another one (C.7.9.2.3): that could go on for ever.
      if (opcode !== INDIRECT || isCopy) return false;
      if (!expand(data, readOffset(data, at), length, entries, table, true)) return false;
      at += 4 / data.BYTES_PER_ELEMENT;
    }
  }
  return true;
}

/** `length` entries from the one after the last to `end`; false where there is no last one. */
function appendLine(table: number[], end: number, length: number): boolean {
  const start = table.at(-1);
  if (start === undefined) return false;
  for (let step = 1; step <= length; step++) table.push(Math.round(start + ((end - start) * step) / length));
  return true;
}

/** A byte offset from the first segment on, its lower half first, as a place in `data`. */
function readOffset(data: Uint8Array | Uint16Array, at: number): number {
  const bits = data.BYTES_PER_ELEMENT * 8;
  const parts = [...data.subarray(at, at + 4 / data.BYTES_PER_ELEMENT)];
  return parts.reduce((sum, part, index) => sum + part * 2 ** (bits * index), 0) / data.BYTES_PER_ELEMENT;
}
