/** RLE Lossless of PS3.5 annex G: one PackBits segment a byte of the composite pixel, most significant byte first. */

const HEADER_BYTES = 64;

export type RleShape = {
  readonly pixels: number;
  readonly samplesPerPixel: number;
  readonly bytesPerSample: number;
};

/**
 * Little-endian bytes, the samples of a pixel side by side: segments are planes, whatever PlanarConfiguration says.
 * `complete` is false where a segment ends early (the rest is 0), holds more than the picture, or lies outside the
 * frame: damaged lengths show in one of these.
 */
export function decodeRle(frame: Uint8Array, shape: RleShape): { bytes: Uint8Array; complete: boolean } {
  const { pixels, samplesPerPixel, bytesPerSample } = shape;
  const bytes = new Uint8Array(pixels * samplesPerPixel * bytesPerSample);
  if (frame.length < HEADER_BYTES) return { bytes, complete: false };
  const header = new DataView(frame.buffer, frame.byteOffset, HEADER_BYTES);
  const segments = samplesPerPixel * bytesPerSample;
  let complete = header.getUint32(0, true) === segments && segments < HEADER_BYTES / 4;
  for (let segment = 0; segment < Math.min(segments, 15); segment++) {
    const sample = Math.floor(segment / bytesPerSample);
    const byte = bytesPerSample - 1 - (segment % bytesPerSample);
    const start = header.getUint32(4 + 4 * segment, true);
    const next = segment + 1 < segments ? header.getUint32(8 + 4 * segment, true) : frame.length;
    const target = { first: sample * bytesPerSample + byte, step: segments };
    if (start < HEADER_BYTES || start >= frame.length || next > frame.length || next < start) complete = false;
    else if (!unpack(frame.subarray(start, next), bytes, target, pixels)) complete = false;
  }
  return { bytes, complete };
}

/** PackBits into every `step`-th byte from `first`; true where the segment holds `count` bytes and padding at most. */
function unpack(
  packed: Uint8Array,
  bytes: Uint8Array,
  target: { readonly first: number; readonly step: number },
  count: number,
): boolean {
  let at = target.first;
  let written = 0;
  let read = 0;
  let fits = true;
  while (read < packed.length && written < count) {
    const control = packed[read++] ?? 128;
    if (control === 128) continue;
    const isRun = control > 128;
    const declared = isRun ? 257 - control : control + 1;
    const length = Math.min(declared, count - written);
    if (length < declared) fits = false;
    if (isRun) {
      if (read >= packed.length) break;
      const value = packed[read++] ?? 0;
      for (let index = 0; index < length; index++, at += target.step) bytes[at] = value;
      written += length;
    } else {
      const literal = Math.min(length, packed.length - read);
      for (let index = 0; index < literal; index++, at += target.step) bytes[at] = packed[read + index] ?? 0;
      read += literal;
      written += literal;
      if (literal < length) break;
    }
  }
  return fits && written === count && packed.subarray(read).every((byte) => byte === 0 || byte === 128);
}
