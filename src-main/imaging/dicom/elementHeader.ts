/** Headers of data elements (PS3.5 7.1), and where elements end: found without reading what is in them. */

export type Encoding = { readonly littleEndian: boolean; readonly explicit: boolean };

export type ElementHeader = {
  /** '' where none is written. */
  readonly vr: string;
  readonly dataOffset: number;
  /** May lie beyond the file; Infinity for undefined length. */
  readonly end: number;
};

const LONG_LENGTH_VRS = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const VRS = new Set(
  'AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV'.split(' '),
);
const UNDEFINED_LENGTH = 0xffffffff;
const ITEM_GROUP = 0xfffe;
const ITEM = 0xe000;
const ITEM_DELIMITER = 0xe00d;
const SEQUENCE_DELIMITER = 0xe0dd;
const IMPLICIT_ITEMS: Encoding = { littleEndian: true, explicit: false };

/** Null where the header itself is cut. */
export function readHeader(view: DataView, position: number, encoding: Encoding): ElementHeader | null {
  if (position + 8 > view.byteLength) return null;
  const { littleEndian } = encoding;
  const vr =
    encoding.explicit && view.getUint16(position, littleEndian) !== ITEM_GROUP ? writtenVr(view, position) : '';
  const isLong = LONG_LENGTH_VRS.has(vr) || (vr !== '' && !VRS.has(vr) && hasLongLength(view, position, encoding));
  const dataOffset = position + (isLong ? 12 : 8);
  if (dataOffset > view.byteLength) return null;
  const length = isLong
    ? view.getUint32(position + 8, littleEndian)
    : vr === ''
      ? view.getUint32(position + 4, littleEndian)
      : view.getUint16(position + 6, littleEndian);
  return { vr, dataOffset, end: length === UNDEFINED_LENGTH ? Infinity : dataOffset + length };
}

/** Whether a VR that the standard knows stands behind the tag. */
export function hasKnownVr(view: DataView, position: number): boolean {
  return position + 8 <= view.byteLength && VRS.has(writtenVr(view, position));
}

/** '' where no two capital letters stand there: some writers fall back to implicit VR in the middle of a data set. */
function writtenVr(view: DataView, position: number): string {
  const vr = String.fromCharCode(view.getUint8(position + 4), view.getUint8(position + 5));
  return /^[A-Z]{2}$/.test(vr) ? vr : '';
}

/**
 * VRs of the future have long lengths (PS3.5 6.2, note 5), misspelt ones those of whatever was meant: with a short one
 * the next element follows at once.
 */
function hasLongLength(view: DataView, position: number, { littleEndian }: Encoding): boolean {
  const next = position + 8 + view.getUint16(position + 6, littleEndian);
  const isShort =
    next === view.byteLength ||
    hasKnownVr(view, next) ||
    (next + 8 <= view.byteLength && view.getUint16(next, littleEndian) === ITEM_GROUP);
  return !isShort && view.getUint16(position + 6, littleEndian) === 0;
}

/** Null where the element ends beyond the file, or has no length and no delimiter that can be found. */
export function endOfElement(view: DataView, position: number, encoding: Encoding): number | null {
  const header = readHeader(view, position, encoding);
  if (header === null) return null;
  if (header.end !== Infinity) return header.end <= view.byteLength ? header.end : null;
  return endOfItems(view, header.dataOffset, contentEncoding(header.vr, encoding));
}

/** Items of UN with undefined length are implicit, whatever is around them (PS3.5 6.2.2, note 4). */
function contentEncoding(vr: string, encoding: Encoding): Encoding {
  return vr === 'UN' ? IMPLICIT_ITEMS : encoding;
}

type Level = { readonly isItem: boolean; readonly encoding: Encoding };

/** Behind the delimiter of the sequence whose first item stands at `position`. A loop: hostile files nest without end. */
function endOfItems(view: DataView, from: number, encoding: Encoding): number | null {
  const levels: Level[] = [{ isItem: false, encoding }];
  let position = from;
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const header = readHeader(view, position, level.encoding);
    if (header === null) return null;
    const { littleEndian } = level.encoding;
    const isDelimiter = view.getUint16(position, littleEndian) === ITEM_GROUP;
    const element = isDelimiter ? view.getUint16(position + 2, littleEndian) : null;
    position += 8;
    if (level.isItem && element === ITEM_DELIMITER) {
      levels.pop();
    } else if (element === SEQUENCE_DELIMITER) {
      // Some writers leave out the delimiter of the last item.
      if (level.isItem) levels.pop();
      levels.pop();
    } else if (element === ITEM) {
      if (level.isItem) levels.pop();
      if (header.end === Infinity) levels.push({ isItem: true, encoding: level.encoding });
      else position = header.end;
    } else if (!level.isItem) {
      return null;
    } else if (header.end === Infinity) {
      position = header.dataOffset;
      levels.push({ isItem: false, encoding: contentEncoding(header.vr, level.encoding) });
    } else {
      position = header.end;
    }
  }
  return position <= view.byteLength ? position : null;
}
