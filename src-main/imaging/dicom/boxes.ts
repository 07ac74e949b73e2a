/** Boxes of JP2 (T.800 annex I) and JPEG XL containers (ISO/IEC 18181-2), which share their form. */

export type Box = { readonly type: string; readonly content: Uint8Array };

/** The boxes of a container whose first box is of the type `signature`; none where the bytes are no such container. */
export function* boxesOf(bytes: Uint8Array, signature: string): Generator<Box> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || view.getUint32(0) !== 12 || typeAt(bytes, 0) !== signature) return;
  for (let at = 0; at + 16 <= bytes.length;) {
    const short = view.getUint32(at);
    // 0: until the end; 1: 64 bits follow the type, of which no film needs the upper half.
    const length = short === 0 ? bytes.length - at : short === 1 ? view.getUint32(at + 12) : short;
    const head = short === 1 ? 16 : 8;
    yield { type: typeAt(bytes, at), content: bytes.subarray(at + head, at + Math.max(length, head)) };
    at += Math.max(length, head);
  }
}

function typeAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at + 4, at + 8));
}
