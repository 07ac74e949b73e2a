/** Main header and tile-parts of JPEG 2000 (ITU-T T.800 annex A) and HTJ2K (T.814), which shares them. */
import { AppError } from '#main/contract/errors';
import type { Codestream } from './codestream';

const SIZ = 0xff51;
const SOT = 0xff90;
const SOP = 0x91;
const EPH = 0x92;
const SOD = 0xff93;
const EOC = 0xffd9;

/**
 * Null where SIZ does not follow SOC at once, or its tiles can not be: a decoder would not come back from some. Throws
 * AppError `dicom/unsupported-pixels` where components are not of one kind: decoders take all for the first one.
 */
export function readJpeg2000(bytes: Uint8Array): Codestream | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 45 || view.getUint16(2) !== SIZ) return null;
  const depth = view.getUint8(42);
  if (!areTilesLegal(view)) return null;
  if (!areComponentsAlike(view)) {
    throw new AppError(
      'dicom/unsupported-pixels',
      'Hilum does not read JPEG 2000 whose components have fewer samples than the picture, or other bits each.',
    );
  }
  return {
    family: 'jpeg-2000',
    rows: view.getUint32(12) - view.getUint32(20),
    columns: view.getUint32(8) - view.getUint32(16),
    components: view.getUint16(40),
    precision: (depth & 0x7f) + 1,
    signed: depth >= 0x80,
    exact: false,
    colours: null,
    planar: false,
    complete: areTilesWhole(view, countTiles(view)),
  };
}

/** A sample for every pixel, all of the same bits (T.800 A.5.1). */
function areComponentsAlike(view: DataView): boolean {
  const depth = view.getUint8(42);
  for (let at = 42; at + 3 <= Math.min(42 + 3 * view.getUint16(40), view.byteLength); at += 3) {
    if (view.getUint8(at) !== depth || view.getUint8(at + 1) !== 1 || view.getUint8(at + 2) !== 1) return false;
  }
  return true;
}

/** The first tile begins left of the picture or at its edge, and reaches into it (T.800 B.3). */
function areTilesLegal(view: DataView): boolean {
  return [0, 4].every((axis) => {
    const [offset, size, tileOffset] = [
      view.getUint32(16 + axis),
      view.getUint32(24 + axis),
      view.getUint32(32 + axis),
    ];
    return size > 0 && tileOffset <= offset && tileOffset + size > offset;
  });
}

/** Tiles across times tiles down, from SIZ (T.800 B.3). */
function countTiles(view: DataView): number {
  const across = Math.ceil((view.getUint32(8) - view.getUint32(32)) / view.getUint32(24));
  const down = Math.ceil((view.getUint32(12) - view.getUint32(36)) / view.getUint32(28));
  return across * down;
}

/**
 * The main header leads to tile-parts that follow each other without a gap, of every tile at least one, up to EOC.
 * Some writers leave EOC out; then the last tile-part must end inside the bytes.
 */
function areTilesWhole(view: DataView, tiles: number): boolean {
  const seen = new Set<number>();
  let position = 2;
  while (position + 12 <= view.byteLength) {
    const marker = view.getUint16(position);
    if (marker === EOC) break;
    if (marker !== SOT) {
      if (seen.size > 0) return false;
      position += 2 + view.getUint16(position + 2);
      continue;
    }
    const declared = view.getUint32(position + 6);
    // Length 0 means "until EOC", which must then be there.
    const end = declared === 0 ? lastEndMarker(view) : position + declared;
    if (end <= position + 12 || end > view.byteLength || !isTilePartSound(view, position + 12, end)) return false;
    seen.add(view.getUint16(position + 4));
    position = end;
  }
  return seen.size === tiles;
}

function lastEndMarker(view: DataView): number {
  for (let position = view.byteLength - 2; position > 0; position--) {
    if (view.getUint16(position) === EOC) return position;
  }
  return -1;
}

/** After SOD no FF is followed by more than 8F, but for the markers of packets, SOP and EPH (T.800 annex A, B.10). */
function isTilePartSound(view: DataView, from: number, end: number): boolean {
  let position = from;
  while (position + 4 <= end && view.getUint16(position) !== SOD) position += 2 + view.getUint16(position + 2);
  if (position + 2 > end) return false;
  const packets = new Uint8Array(view.buffer, view.byteOffset + position + 2, end - position - 2);
  for (let at = packets.indexOf(0xff); at !== -1; at = packets.indexOf(0xff, at)) {
    const next = packets[at + 1] ?? 0;
    if (next === SOP) at += 6;
    else if (next <= 0x8f || next === EPH) at += 1;
    else return false;
  }
  return true;
}
