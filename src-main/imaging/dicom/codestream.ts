/**
 * What a compressed stream says of itself, read without decoding it. Decoders give a full-size picture for streams that
 * were cut short or damaged, and allocate what the stream asks for: both must be known before they run.
 */
import { boxesOf } from './boxes';
import { readJpeg } from './jpegStream';
import { readJpeg2000 } from './jpeg2000Stream';

export type Codestream = {
  readonly family: 'jpeg' | 'jpeg-ls' | 'jpeg-2000';
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  readonly precision: number;
  /** Whether samples are signed; JPEG does not say. */
  readonly signed: boolean | null;
  /** No decoded sample can need more than `precision` bits: lossless JPEG, where nothing is clamped. */
  readonly exact: boolean;
  /** Of what its three colours are made, where it says so: marks of JPEG, whose samples are not turned by decoding. */
  readonly colours: 'rgb' | 'ybr' | null;
  /** Each component has a scan of its own, and the codec gives one plane after the other: JPEG-LS alone does so. */
  readonly planar: boolean;
  /** The stream reaches its end, all of its parts are there, and no marker stands where none can be. */
  readonly complete: boolean;
};

/**
 * Null where the bytes begin like no JPEG and no JPEG 2000, or end before the size is told. Throws AppError
 * `dicom/unsupported-pixels` where no decoder that Hilum has reads such a stream right.
 */
export function readCodestream(bytes: Uint8Array): Codestream | null {
  if (bytes[0] !== 0xff) return null;
  if (bytes[1] === 0xd8) return readJpeg(bytes);
  if (bytes[1] === 0x4f) return readJpeg2000(bytes);
  return null;
}

/** The codestream of a whole JP2 file, which some writers put where PS3.5 A.4.4 wants a codestream; else the bytes. */
export function unboxed(bytes: Uint8Array): Uint8Array {
  for (const { type, content } of boxesOf(bytes, 'jP  ')) if (type === 'jp2c') return content;
  return bytes;
}
