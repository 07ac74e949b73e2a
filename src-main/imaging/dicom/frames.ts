/** Cutting encapsulated Pixel Data into the streams of its frames (PS3.5 A.4). */
import type { Attributes } from './attributes';
import { TAG } from './tags';

export type EncapsulatedFrame = {
  readonly bytes: Uint8Array;
  /** True where the file ends inside it. */
  readonly cut: boolean;
};

type Fragment = {
  /** From the first byte after the Basic Offset Table's item, as offset tables count. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly cut: boolean;
};

const ITEM = 0xfffee000;

/** The streams that the file holds, at most `frames`; fewer where some are missing. `file` is little-endian. */
export function readFrames(file: Uint8Array, attributes: Attributes, frames: number): readonly EncapsulatedFrame[] {
  const start = attributes.element(TAG.pixelData)?.dataOffset ?? file.length;
  const [table, ...fragments] = readFragments(file, start);
  if (table === undefined || fragments.length === 0) return [];
  const starts =
    frames === 1
      ? // A file may hold more frames than it says: they are no part of the first.
        startsByMarkers(fragments)
      : (startsByOffsets(fragments, extendedOffsets(attributes), frames) ??
        startsByOffsets(fragments, basicOffsets(table.bytes), frames) ??
        (fragments.length <= frames ? fragments.map((_, index) => index) : startsByMarkers(fragments)));
  return starts
    .slice(0, frames)
    .map((from, index) => joinFragments(fragments.slice(from, starts[index + 1] ?? fragments.length)));
}

/** All items of Pixel Data; the first is the Basic Offset Table. Stops at the delimiter or at what is no item. */
function readFragments(file: Uint8Array, start: number): Fragment[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const fragments: Fragment[] = [];
  let position = start;
  let base = start;
  while (position + 8 <= file.length) {
    const tag = view.getUint16(position, true) * 65536 + view.getUint16(position + 2, true);
    if (tag !== ITEM) break;
    const length = view.getUint32(position + 4, true);
    const from = position + 8;
    fragments.push({
      offset: position - base,
      bytes: file.subarray(from, Math.min(from + length, file.length)),
      cut: from + length > file.length,
    });
    position = from + length;
    if (fragments.length === 1) base = position;
  }
  return fragments;
}

function basicOffsets(table: Uint8Array): number[] {
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  return Array.from({ length: Math.floor(table.length / 4) }, (_, index) => view.getUint32(4 * index, true));
}

/** Extended Offset Table (PS3.3 C.7.6.3.1.8): 64-bit offsets. */
function extendedOffsets(attributes: Attributes): number[] {
  const table = attributes.bytes(TAG.extendedOffsetTable);
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  return Array.from({ length: Math.floor(table.length / 8) }, (_, index) => Number(view.getBigUint64(8 * index, true)));
}

/** Fragment at which each frame begins; null where the table does not fit the fragments. */
function startsByOffsets(
  fragments: readonly Fragment[],
  offsets: readonly number[],
  frames: number,
): readonly number[] | null {
  if (offsets.length !== frames) return null;
  const byOffset = new Map(fragments.map((fragment, index) => [fragment.offset, index]));
  const starts = offsets.flatMap((offset) => byOffset.get(offset) ?? []);
  // Some writers fill the table with zeros.
  const isInOrder = starts.every((start, frame) => frame === 0 || start > (starts[frame - 1] ?? 0));
  return starts.length === frames && isInOrder ? starts : null;
}

/**
 * Without a table a frame begins where a fragment begins with the first two markers of JPEG (SOI and another) or of
 * JPEG 2000 (SOC, SIZ): packets of JPEG 2000 hold the first alone.
 */
function startsByMarkers(fragments: readonly Fragment[]): readonly number[] {
  return fragments.flatMap(({ bytes }, index) => {
    const isJpeg = bytes[1] === 0xd8 && (bytes[2] ?? 0xff) === 0xff;
    const isJpeg2000 = bytes[1] === 0x4f && bytes[2] === 0xff && bytes[3] === 0x51;
    return index === 0 || (bytes[0] === 0xff && (isJpeg || isJpeg2000)) ? [index] : [];
  });
}

function joinFragments(fragments: readonly Fragment[]): EncapsulatedFrame {
  const cut = fragments.some((fragment) => fragment.cut);
  const [first] = fragments;
  if (fragments.length === 1 && first !== undefined) return { bytes: first.bytes, cut };
  const bytes = new Uint8Array(fragments.reduce((sum, fragment) => sum + fragment.bytes.length, 0));
  let at = 0;
  for (const fragment of fragments) {
    bytes.set(fragment.bytes, at);
    at += fragment.bytes.length;
  }
  return { bytes, cut };
}
