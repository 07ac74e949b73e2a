/**
 * HTJ2K holds no redundancy that a decoder could check: any bytes give some picture. But coding without loss can be
 * repeated. Where a stream's main header is, to the last bit, the one that our own codec writes (the comment in it
 * names the program and its version), the same codec must write the same stream for the same pixels; otherwise what
 * was decoded is not what was encoded.
 */
import { COD, segmentsOf } from './mainHeader';

const TLM = 0xff55;
const COMMENT = 0xff64;
/** Wavelet that loses nothing (T.800 table A.20). */
const REVERSIBLE = 1;

type Coding = { readonly progressionOrder: number; readonly isReversible: boolean };

function readCoding(stream: Uint8Array): Coding | null {
  for (const { marker, at } of segmentsOf(stream)) {
    if (marker === COD) return { progressionOrder: stream[at + 5] ?? 0, isReversible: stream[at + 13] === REVERSIBLE };
  }
  return null;
}

/** All that the pixels have no part in: the lengths of tile-parts stand in TLM, behind the rest. */
function mainHeader(stream: Uint8Array): Buffer {
  let end = 2;
  for (const { marker, at } of segmentsOf(stream)) {
    if (marker === TLM) break;
    end = at + 2 + (stream[at + 2] ?? 0) * 256 + (stream[at + 3] ?? 0);
  }
  return Buffer.from(stream.buffer, stream.byteOffset, Math.min(end, stream.length));
}

export function commentOf(stream: Uint8Array): string {
  for (const { marker, at } of segmentsOf(stream)) {
    const length = (stream[at + 2] ?? 0) * 256 + (stream[at + 3] ?? 0);
    if (marker === COMMENT) return Buffer.from(stream.subarray(at + 4, at + 2 + length)).toString('latin1');
  }
  return '';
}

/** `encode` makes a stream of the decoded pixels, `ownComment` is what it writes of itself into each. */
export function isRewrittenOtherwise(
  stream: Uint8Array,
  ownComment: string,
  encode: (progressionOrder: number) => Uint8Array,
): boolean {
  const coding = readCoding(stream);
  if (coding === null || !coding.isReversible || ownComment === '' || commentOf(stream) !== ownComment) return false;
  const again = encode(coding.progressionOrder);
  if (!mainHeader(again).equals(mainHeader(stream))) return false;
  return Buffer.compare(again, stream.subarray(0, again.length)) !== 0;
}
