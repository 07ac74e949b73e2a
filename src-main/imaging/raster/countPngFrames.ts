/** Frames of a PNG: 1, or as many as the acTL chunk of an animated one says (PNG third edition, 11.3.6.1). */

const FIRST_CHUNK = 8;
/** Length and type before the data, checksum behind. */
const CHUNK_OVERHEAD = 12;

export function countPngFrames(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = FIRST_CHUNK;
  while (at + CHUNK_OVERHEAD <= bytes.length) {
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    // An acTL after the first IDAT does not count.
    if (type === 'IDAT') return 1;
    if (type === 'acTL') return Math.max(1, view.getUint32(at + 8));
    at += CHUNK_OVERHEAD + view.getUint32(at);
  }
  return 1;
}
