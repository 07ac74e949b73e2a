/**
 * HTJ2K (ITU-T T.814) as dcmjs-codecs decodes it, put right. It cuts negative samples of 8 bits off at 0, takes the sign
 * from the header of the film and not from the stream, and hands lines of planes out as if they were lines of pixels.
 */
import { NativeCodecs, type Context } from 'dcmjs-codecs';
import { COD, segmentsOf, SIZ } from './mainHeader';

const SIGNED = 0x80;

/** Samples in two's complement where the stream is signed, colours side by side. */
export function decodeHtj2k(context: Context): Context {
  const stream = new Uint8Array(context.getEncodedBuffer() ?? []);
  const { signs, precision, hasColourTransform } = readHeader(stream);
  // A signed stream is an unsigned one without the half of the range that decoders add at the end (T.800 G.1).
  const isSigned = signs.some((at) => (stream[at] ?? 0) >= SIGNED);
  for (const at of signs) stream[at] = (stream[at] ?? 0) & ~SIGNED;
  context.setEncodedBuffer(stream);
  context.setPixelRepresentation(0);
  const decoded = NativeCodecs.decodeHtJpeg2000(context, {});
  let bytes = decoded.getDecodedBuffer() ?? new Uint8Array();
  if (isSigned) lowerByHalf(bytes, decoded.getBitsAllocated() ?? 8, precision);
  if (signs.length > 1 && !hasColourTransform) bytes = withPixelsTogether(bytes, decoded);
  decoded.setDecodedBuffer(bytes);
  return decoded;
}

type Header = {
  /** Where the sign and the precision of each component stand. */
  readonly signs: readonly number[];
  readonly precision: number;
  readonly hasColourTransform: boolean;
};

function readHeader(stream: Uint8Array): Header {
  let signs: readonly number[] = [];
  let hasColourTransform = false;
  for (const { marker, at } of segmentsOf(stream)) {
    if (marker === COD) hasColourTransform = stream[at + 8] === 1;
    if (marker === SIZ) {
      const components = (stream[at + 38] ?? 0) * 256 + (stream[at + 39] ?? 0);
      signs = Array.from({ length: components }, (_, component) => at + 40 + 3 * component);
    }
  }
  return { signs, precision: ((stream[signs[0] ?? 0] ?? 0) & 0x7f) + 1, hasColourTransform };
}

function lowerByHalf(bytes: Uint8Array, bitsAllocated: number, precision: number): void {
  const samples =
    bitsAllocated === 8 ? bytes : new Uint16Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / 2));
  const largest = 2 ** precision - 1;
  const half = 2 ** (precision - 1);
  for (let at = 0; at < samples.length; at++) samples[at] = Math.min(samples[at] ?? 0, largest) - half;
}

/**
 * Without a colour transform OpenJPH gives all lines of a component before those of the next, and the module writes each
 * into the next colour of the line of pixels at hand.
 */
function withPixelsTogether(bytes: Uint8Array, decoded: Context): Uint8Array {
  const [rows = 0, columns = 0, colours = 1] = [decoded.getHeight(), decoded.getWidth(), decoded.getSamplesPerPixel()];
  const sampleBytes = bytes.length / (rows * columns * colours);
  const pixelBytes = colours * sampleBytes;
  const together = new Uint8Array(bytes.length);
  for (let line = 0; line < rows * colours; line++) {
    const from = Math.floor(line / colours) * columns * pixelBytes + (line % colours) * sampleBytes;
    const to = (line % rows) * columns * pixelBytes + Math.floor(line / rows) * sampleBytes;
    for (let column = 0; column < columns; column++) {
      for (let byte = 0; byte < sampleBytes; byte++) {
        together[to + column * pixelBytes + byte] = bytes[from + column * pixelBytes + byte] ?? 0;
      }
    }
  }
  return together;
}
