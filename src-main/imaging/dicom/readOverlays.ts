/**
 * Overlay planes 60xx (PS3.3 C.9.2, C.9.3): what a film's header lists, and what is to be drawn over its first frame.
 * They are drawn on request alone and are never a part of the samples: no model sees them.
 */
import type { FilmOverlay } from '#main/contract/film';
import { readCount, swapPairs, type Attributes } from './attributes';
import type { StoredPicture } from './readEncoding';

/** Groups 6000, 6002 … 601E. */
const GROUPS = Array.from({ length: 16 }, (_, index) => (0x6000 + 2 * index).toString(16));

type Plane = {
  readonly overlay: FilmOverlay;
  readonly rows: number;
  readonly columns: number;
  /** Row and column of the film on which the plane's first pixel lies, from 0; it may lie outside. */
  readonly top: number;
  readonly left: number;
  /** Null where the bits lie inside the pixels. */
  readonly data: Uint8Array | null;
  readonly bitPosition: number;
  /** The plane has a part for the first frame of the film. */
  readonly isOfFirstFrame: boolean;
};

/** The planes that a header lists, in the order of their groups. */
export function readOverlays(attributes: Attributes): readonly FilmOverlay[] {
  return readPlanes(attributes, true).map(({ overlay }) => overlay);
}

/**
 * What is to be drawn over the first frame, [rows*columns] as stored (not turned): bit i is set where the i-th overlay
 * of `readOverlays` has ink, the eighth and all after it sharing bit 7. Regions are given as their outline. Null where
 * no overlay belongs to the first frame. `storedBytes`: as readStoredBytes gives them.
 */
export function drawOverlays(
  attributes: Attributes,
  picture: StoredPicture,
  storedBytes: Uint8Array,
  isLittleEndian: boolean,
): Uint8Array | null {
  const planes = readPlanes(attributes, isLittleEndian);
  if (!planes.some((plane) => plane.isOfFirstFrame)) return null;
  const drawn = new Uint8Array(picture.rows * picture.columns);
  planes.forEach((plane, index) => {
    if (!plane.isOfFirstFrame) return;
    const bits = plane.data === null ? embeddedBits(plane, picture, storedBytes) : separateBits(plane, plane.data);
    const ink = plane.overlay.kind === 'region' ? outlineOf(bits, plane) : bits;
    stamp(drawn, picture, ink, plane, 1 << Math.min(index, 7));
  });
  return drawn;
}

function readPlanes(attributes: Attributes, isLittleEndian: boolean): Plane[] {
  return GROUPS.flatMap((group) => {
    const tag = (element: string): string => `x${group}${element}`;
    const rows = readCount(attributes, tag('0010')) ?? 0;
    const columns = readCount(attributes, tag('0011')) ?? 0;
    if (rows === 0 || columns === 0) return [];
    const [row = 1, column = 1] = attributes.words(tag('0050'), true);
    const firstFrame = readCount(attributes, tag('0051')) ?? 1;
    return [
      {
        overlay: {
          group: group.toUpperCase(),
          kind: attributes.code(tag('0040')).toUpperCase() === 'R' ? 'region' : 'graphics',
          label: attributes.text(tag('1500')),
          description: attributes.text(tag('0022')),
          subtype: attributes.code(tag('0045')),
          activationLayer: attributes.code(tag('1001')),
        },
        ...{ rows, columns, top: row - 1, left: column - 1 },
        data: dataOf(attributes, tag('3000'), isLittleEndian),
        bitPosition: readCount(attributes, tag('0102')) ?? 0,
        isOfFirstFrame: firstFrame <= 1,
      },
    ];
  });
}

/** Null where there is no such element; words of a big-endian file in the order of little-endian ones. */
function dataOf(attributes: Attributes, tag: string, isLittleEndian: boolean): Uint8Array | null {
  const element = attributes.element(tag);
  if (element === null) return null;
  const bytes = attributes.bytes(tag);
  return isLittleEndian || element.vr === 'OB' ? bytes : swapPairs(bytes);
}

/** One bit a pixel, the lowest first (PS3.5 8.1.2); 0 where the data end early. [plane rows*columns] of 0 and 1. */
function separateBits({ rows, columns }: Plane, data: Uint8Array): Uint8Array {
  const bits = new Uint8Array(Math.min(rows * columns, data.length * 8));
  for (let index = 0; index < bits.length; index++) bits[index] = ((data[index >> 3] ?? 0) >> (index & 7)) & 1;
  return bits;
}

/** Codings that keep all allocated bits: of the others nothing above HighBit is meant. */
const KEEPS_ALL_BITS = new Set(['native', 'encapsulated-native', 'rle']);

/** A bit outside of the stored ones in every pixel (retired in 2004, and common). Empty where there is no such bit. */
function embeddedBits(plane: Plane, picture: StoredPicture, storedBytes: Uint8Array): Uint8Array {
  const { bitsAllocated, bitsStored, highBit, samplesPerPixel, syntax } = picture;
  const { bitPosition } = plane;
  const isOfPixel = bitPosition <= highBit && bitPosition > highBit - bitsStored;
  const hasBit = bitPosition < bitsAllocated && !isOfPixel && samplesPerPixel === 1;
  const hasShape = plane.rows === picture.rows && plane.columns === picture.columns;
  if (!hasBit || !hasShape || bitsAllocated % 8 !== 0 || !KEEPS_ALL_BITS.has(syntax.coding)) return new Uint8Array();
  const bits = new Uint8Array(plane.rows * plane.columns);
  const width = bitsAllocated / 8;
  const shift = bitPosition & 7;
  let at = bitPosition >> 3;
  for (let index = 0; index < bits.length; index++, at += width) bits[index] = ((storedBytes[at] ?? 0) >> shift) & 1;
  return bits;
}

/** The set pixels that have an unset one, or none, beside, above or below them. */
function outlineOf(bits: Uint8Array, { columns }: Plane): Uint8Array {
  const outline = new Uint8Array(bits.length);
  for (let index = 0; index < bits.length; index++) {
    const column = index % columns;
    const isInside =
      column > 0 &&
      column < columns - 1 &&
      bits[index - 1] === 1 &&
      bits[index + 1] === 1 &&
      bits[index - columns] === 1 &&
      bits[index + columns] === 1;
    if (bits[index] === 1 && !isInside) outline[index] = 1;
  }
  return outline;
}

/** Sets `bit` on the film where the plane has ink and lies on it. */
function stamp(film: Uint8Array, picture: StoredPicture, ink: Uint8Array, plane: Plane, bit: number): void {
  const { rows, columns, top, left } = plane;
  const firstColumn = Math.max(0, -left);
  const lastColumn = Math.min(columns, picture.columns - left);
  for (let row = Math.max(0, -top); row < Math.min(rows, picture.rows - top); row++) {
    const from = row * columns;
    const to = (row + top) * picture.columns + left;
    for (let column = firstColumn; column < lastColumn; column++) {
      if (ink[from + column] === 1) film[to + column] = (film[to + column] ?? 0) | bit;
    }
  }
}
