/** Marker segments and entropy-coded data of JPEG (ITU-T T.81 annex B) and JPEG-LS (T.87 annex C). */
import type { Codestream } from './codestream';

const SOS = 0xda;
const EOI = 0xd9;
const DRI = 0xdd;
const APP0 = 0xe0;
const APP14 = 0xee;
/** SOF3: predictors and Huffman codes. */
const LOSSLESS = 0xc3;

type Frame = Omit<Codestream, 'complete' | 'planar' | 'colours'> & { readonly componentColours: Codestream['colours'] };

/** Null where the bytes end before the size is told, or are no chain of marker segments. */
export function readJpeg(bytes: Uint8Array): Codestream | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let frame: Frame | null = null;
  let markedColours: Codestream['colours'] = null;
  let hasRestarts = false;
  let position = 2;
  while (position + 4 <= bytes.length) {
    if (bytes[position] !== 0xff) return null;
    const marker = view.getUint8(position + 1);
    if (marker === 0xff) {
      position += 1;
      continue;
    }
    if (isFrameHeader(marker) && position + 10 <= bytes.length) frame = readFrameHeader(view, position, marker);
    if (marker === APP0 || marker === APP14) markedColours ??= readColourMark(bytes, position);
    if (marker === DRI && position + 6 <= bytes.length) hasRestarts = view.getUint16(position + 4) > 0;
    if (marker === SOS) break;
    position += 2 + view.getUint16(position + 2);
  }
  if (frame === null) return null;
  const { componentColours, ...size } = frame;
  const isLs = frame.family === 'jpeg-ls';
  const componentsOfScan = bytes[position + 4] ?? frame.components;
  return {
    ...size,
    // What is coded without loss is what an encoder was given, whatever its library believed to be in it.
    colours: isLs || frame.exact || frame.components !== 3 ? null : (markedColours ?? componentColours),
    planar: isLs && componentsOfScan < frame.components,
    complete: areScansWhole(bytes, position, isLs, hasRestarts),
  };
}

function readFrameHeader(view: DataView, position: number, marker: number): Frame {
  return {
    family: marker === 0xf7 ? 'jpeg-ls' : 'jpeg',
    precision: view.getUint8(position + 4),
    rows: view.getUint16(position + 5),
    columns: view.getUint16(position + 7),
    components: view.getUint8(position + 9),
    signed: null,
    exact: marker === LOSSLESS,
    componentColours: readComponentColours(view, position),
  };
}

/** JFIF has no other colours than these (ITU-T T.871); Adobe's marker says which (T.872, 6.5.3). */
function readColourMark(bytes: Uint8Array, position: number): Codestream['colours'] {
  const name = String.fromCharCode(...bytes.subarray(position + 4, position + 9));
  if (name === 'JFIF\0') return 'ybr';
  if (name !== 'Adobe') return null;
  return bytes[position + 15] === 0 ? 'rgb' : 'ybr';
}

/** Red, green and blue under their letters, or luminance with more samples than the colours have. */
function readComponentColours(view: DataView, position: number): Codestream['colours'] {
  if (position + 19 > view.byteLength) return null;
  const [first, second, third] = [10, 13, 16].map((at) => view.getUint16(position + at));
  if (first === undefined || second === undefined || third === undefined) return null;
  if ((first & 255) > (second & 255)) return 'ybr';
  return String.fromCharCode(first >> 8, second >> 8, third >> 8).toUpperCase() === 'RGB' ? 'rgb' : null;
}

/** SOF0 … SOF15 without the tables (DHT, JPG, DAC) among them, and SOF55 of JPEG-LS. */
function isFrameHeader(marker: number): boolean {
  return marker === 0xf7 || (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker));
}

function isRestart(marker: number): boolean {
  return marker >= 0xd0 && marker <= 0xd7;
}

/** What may stand between two scans: DHT, DAC, SOS, DQT, DNL, DRI, APPn, LSE, COM. */
function isSegment(marker: number): boolean {
  return [0xc4, 0xcc, SOS, 0xdb, 0xdc, DRI, 0xf8, 0xfe].includes(marker) || (marker >= 0xe0 && marker <= 0xef);
}

/**
 * From the first scan to EOI. In entropy-coded data an FF is followed by a stuffed 00 (JPEG-LS: by a byte below 80) or
 * begins a marker; restart markers count from 0 to 7 and round again. Padding or junk may follow EOI, but no second
 * one: then the first was made by damage, and decoders would stop there in silence.
 */
function areScansWhole(bytes: Uint8Array, from: number, isLs: boolean, hasRestarts: boolean): boolean {
  let restarts = 0;
  let position = from;
  for (;;) {
    position = bytes.indexOf(0xff, position);
    if (position === -1 || position + 1 >= bytes.length) return false;
    const marker = bytes[position + 1] ?? 0;
    if (marker === 0xff) {
      position += 1;
    } else if (marker === 0 || (isLs && marker < 0x80)) {
      position += 2;
    } else if (isRestart(marker)) {
      if (!hasRestarts || marker - 0xd0 !== restarts % 8) return false;
      restarts += 1;
      position += 2;
    } else if (marker === EOI) {
      return !hasEndMarker(bytes, position + 2);
    } else {
      if (!isSegment(marker) || position + 4 > bytes.length) return false;
      if (marker === DRI) hasRestarts = true;
      if (marker === SOS) restarts = 0;
      position += 2 + (bytes[position + 2] ?? 0) * 256 + (bytes[position + 3] ?? 0);
    }
  }
}

function hasEndMarker(bytes: Uint8Array, from: number): boolean {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    if (bytes[at + 1] === EOI) return true;
  }
  return false;
}
