/** A decoded film in memory, as every reader of a format hands it on, and the codecs that readers are given. */
import type { ErrorBody } from '#main/contract/errors';
import type { FilmFacts, FilmWarning, GreyDescription, PixelEncoding, PixelGeometry } from '#main/contract/film';

/** One sample a pixel, row by row from the top left, [rows*columns]. Signed films are Int16Array. */
export type FilmSamples = Uint8Array | Uint16Array | Int16Array;

export type FilmPixels = {
  /** First frame after mask, shift, sign extension and colour to grey; not turned (see geometry.turn). */
  readonly samples: FilmSamples;
  /** The stored pixel bytes of the frames that were asked for: little-endian, native order, interleaved, missing ones 0. */
  readonly storedBytes: Uint8Array;
  readonly encoding: PixelEncoding;
  readonly geometry: PixelGeometry;
  readonly grey: GreyDescription;
  readonly facts: FilmFacts;
  /** What its overlays draw, as drawOverlays gives it, made when it is asked for; null where they draw nothing. */
  readonly overlayPlane: () => Uint8Array | null;
  readonly warnings: readonly FilmWarning[];
  /** Why no model may judge this film; it is shown all the same. */
  readonly refusal: ErrorBody | null;
};

/** What a codec must be told of the frame that it decodes (PS3.3 C.7.6.3). */
export type FrameShape = {
  readonly rows: number;
  readonly columns: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly samplesPerPixel: number;
  readonly pixelRepresentation: 0 | 1;
  readonly planarConfiguration: 0 | 1;
  readonly photometricInterpretation: string;
};

export type DecodedFrame = {
  /** rows*columns*samplesPerPixel*bitsAllocated/8 bytes, little-endian, interleaved. */
  readonly bytes: Uint8Array;
  /** A codec may turn YBR into RGB on its way. */
  readonly photometricInterpretation: string;
  /** The codec met damage and filled it up. */
  readonly damaged: boolean;
};

/** What needs native code or node:zlib and is therefore given to the pure readers from outside. */
export type DicomCodecs = {
  /** Raw deflate (no zlib header), as PS3.5 A.5 has it. Throws AppError `dicom/malformed`. */
  readonly inflateRaw: (bytes: Uint8Array) => Uint8Array;
  /**
   * One compressed frame → stored bytes. Throws AppError `decode/failed`, `dicom/unsupported-transfer-syntax`, or
   * `decode/crashed`; with details.fatal = true the process must be replaced.
   */
  readonly decodeFrame: (transferSyntax: string, frame: Uint8Array, shape: FrameShape) => DecodedFrame;
};
