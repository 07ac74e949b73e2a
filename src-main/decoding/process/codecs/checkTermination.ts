/**
 * JPEG 2000 holds no checksum, but a code-block that was not damaged ends where its bytes end. OpenJPEG compares the two
 * where the stream promises "predictable termination" (ITU-T T.800 table A.19), and decodes the same pixels either way.
 */
import { COD, segmentsOf } from './mainHeader';

const COC = 0xff53;
const PREDICTABLE_TERMINATION = 0x10;
/** Code-blocks of HTJ2K (T.814) end otherwise. */
const HIGH_THROUGHPUT = 0x40;

/** A copy of a JPEG 2000 stream whose main header promises predictable termination. */
export function promiseTermination(stream: Uint8Array): Uint8Array {
  const copy = new Uint8Array(stream);
  const view = new DataView(copy.buffer);
  // Components are named by one byte up to 256 of them (T.800 A.6.2).
  const componentBytes = copy.length > 42 && view.getUint16(40) > 256 ? 2 : 1;
  for (const { marker, at } of segmentsOf(copy)) {
    const style = marker === COD ? at + 12 : marker === COC ? at + 8 + componentBytes : copy.length;
    const flags = copy[style];
    if (flags !== undefined && (flags & HIGH_THROUGHPUT) === 0) copy[style] = flags | PREDICTABLE_TERMINATION;
  }
  return copy;
}

/**
 * Encoders end a code-block where a decoder needs no more: of whole streams of five encoders OpenJPEG said at most 3,
 * of nine in ten with a flipped bit more than 8.
 */
const LARGEST_DIFFERENCE_BYTES = 8;

/** Whether a word of OpenJPEG says that a code-block and its bytes do not end together. */
export function saysWrongTermination(words: string): boolean {
  const [, bytes] = /PTERM check failure: (\d+) /.exec(words) ?? [];
  return bytes !== undefined && Number(bytes) > LARGEST_DIFFERENCE_BYTES;
}
