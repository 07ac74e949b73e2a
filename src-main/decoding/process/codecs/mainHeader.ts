/** The main header of JPEG 2000 and HTJ2K (ITU-T T.800 annex A): marker segments from SIZ to the first tile-part. */
const SOT = 0xff90;
export const SIZ = 0xff51;
export const COD = 0xff52;

/** `at` is the place of the marker; its length follows it. */
export function* segmentsOf(stream: Uint8Array): Generator<{ readonly marker: number; readonly at: number }> {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  for (let at = 2; at + 4 <= stream.length; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at);
    if (marker === SOT) return;
    yield { marker, at };
  }
}
