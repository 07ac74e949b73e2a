/**
 * What a compressed stream says of itself, read without decoding it. Decoders give a full-size picture for streams that
 * were cut short, and allocate what the stream asks for: both must be known before they run.
 */
export type Codestream = {
  readonly family: 'jpeg' | 'jpeg-ls' | 'jpeg-2000';
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  readonly precision: number;
  /** Whether samples are signed; JPEG does not say. */
  readonly signed: boolean | null;
  /** The stream reaches its end marker, or (JPEG 2000) holds all of its tile-parts. */
  readonly complete: boolean;
};

/** Null where the bytes begin like no JPEG and no JPEG 2000, or end before the size is told. */
export function readCodestream(bytes: Uint8Array): Codestream | null {
  if (bytes[0] !== 0xff) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes[1] === 0xd8) return readJpeg(view);
  if (bytes[1] === 0x4f) return readJpeg2000(view);
  return null;
}

/** ITU-T T.81 annex B, T.87 annex C: walk the marker segments to the frame header and to the first scan. */
function readJpeg(view: DataView): Codestream | null {
  let frame: Omit<Codestream, 'complete'> | null = null;
  let position = 2;
  while (position + 4 <= view.byteLength) {
    if (view.getUint8(position) !== 0xff) return null;
    const marker = view.getUint8(position + 1);
    if (marker === 0xff) {
      position += 1;
      continue;
    }
    if (isFrameHeader(marker) && position + 10 <= view.byteLength) {
      frame = {
        family: marker === 0xf7 ? 'jpeg-ls' : 'jpeg',
        precision: view.getUint8(position + 4),
        rows: view.getUint16(position + 5),
        columns: view.getUint16(position + 7),
        components: view.getUint8(position + 9),
        signed: null,
      };
    }
    if (marker === 0xda) break;
    position += 2 + view.getUint16(position + 2);
  }
  return frame === null ? null : { ...frame, complete: hasEndMarker(view, position) };
}

/** SOF0 … SOF15 without the tables (DHT, JPG, DAC) among them, and SOF55 of JPEG-LS. */
function isFrameHeader(marker: number): boolean {
  return marker === 0xf7 || (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker));
}

/** ITU-T T.800 annex A: SIZ follows SOC at once. */
function readJpeg2000(view: DataView): Codestream | null {
  if (view.byteLength < 45 || view.getUint16(2) !== 0xff51) return null;
  const columns = view.getUint32(8) - view.getUint32(16);
  const rows = view.getUint32(12) - view.getUint32(20);
  const components = view.getUint16(40);
  const depth = view.getUint8(42);
  const complete = hasEndMarker(view, 4) || hasAllTileParts(view);
  return {
    family: 'jpeg-2000',
    rows,
    columns,
    components,
    precision: (depth & 0x7f) + 1,
    signed: depth >= 0x80,
    complete,
  };
}

/** Some writers leave EOC out; then every tile-part must end inside the bytes. */
function hasAllTileParts(view: DataView): boolean {
  let position = 2;
  let tileParts = 0;
  while (position + 12 <= view.byteLength) {
    const marker = view.getUint16(position);
    if (marker !== 0xff90) {
      if (tileParts > 0) return false;
      position += 2 + view.getUint16(position + 2);
      continue;
    }
    const length = view.getUint32(position + 6);
    // Length 0 means "until EOC", which is not there.
    if (length === 0 || position + length > view.byteLength) return false;
    tileParts += 1;
    position += length;
  }
  return tileParts > 0;
}

/** EOI and EOC are both FFD9, which cannot occur inside entropy-coded data. Padding or junk may follow. */
function hasEndMarker(view: DataView, from: number): boolean {
  for (let position = view.byteLength - 2; position >= from; position--) {
    if (view.getUint8(position) === 0xff && view.getUint8(position + 1) === 0xd9) return true;
  }
  return false;
}
