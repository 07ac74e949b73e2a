/** What can be asked of the decode process. It reads files and writes pixels itself, so that they never cross main. */
import type { ModelCard } from '#main/contract/card';
import type { DecodedFilm, FilmFacts, VoiPreset } from '#main/contract/film';
import type { FilmResize, NetworkFilm } from '#main/contract/networkFilm';

/** A file, or an entry of a ZIP archive. */
export type FilmSource = { readonly path: string; readonly entry: string | null };

export type DecodeRequest = {
  readonly source: FilmSource;
  /** Makes the network's input: resized grey, as the model's card says; training caches larger squares. */
  readonly input: ModelCard['input'] | FilmResize | null;
  /**
   * Where stored samples (native type, little-endian, no header) are to be written, atomically; null = nowhere. What the
   * film's overlays draw goes to `overlaysPath(pixelsTo)`, where they draw anything: a byte a pixel, a bit an overlay.
   */
  readonly pixelsTo: string | null;
  /** PNG of at most 256 pixels on its longer side, in display grey. */
  readonly thumbnailTo: string | null;
  /** The whole film in display grey as an 8-bit PNG. */
  readonly render: RenderRequest | null;
  /** Stored pixel bytes as a PGM (P5, 8 or 16 bit big-endian as the format asks). */
  readonly pgmTo: string | null;
  readonly md5: boolean;
  /** Refusals that the user overrides for this film: their codes. The film is then judged all the same. */
  readonly override: string | null;
  /** Ages that the model may judge, closed range. */
  readonly ageRangeYears: readonly [number, number];
};

export type RenderRequest = {
  readonly to: string;
  readonly window: RenderWindow;
  /** The film's overlays (60xx) stand on it in white. */
  readonly overlays: boolean;
};

/** `N` counts the film's presets from 1; `lut` is the first VOI LUT; `minmax` the range of the pixels. */
export type RenderWindow =
  | { readonly kind: 'default' }
  | { readonly kind: 'preset'; readonly number: number }
  | { readonly kind: 'lut' }
  | { readonly kind: 'minmax' }
  | { readonly kind: 'window'; readonly center: number; readonly width: number };

export type DecodeReply = {
  readonly film: DecodedFilm;
  /** Display grey as the network takes it; null where it was not asked for or the film is refused. */
  readonly input: NetworkFilm | null;
  /** The preset that `render` used. */
  readonly rendered: VoiPreset | null;
};

export type OverlayRequest = {
  readonly source: FilmSource;
  readonly overlays: readonly {
    /** [7,7], not normalised. */
    readonly map: Float32Array;
    /** Stands on the picture and in its metadata, with the notice. */
    readonly caption: string;
    readonly to: string;
  }[];
};

/** A film to look at in a report: JPEG in display grey, at most PICTURE_PIXELS on its longer side. */
export type PictureRequest = { readonly source: FilmSource; readonly to: string };

export const PICTURE_PIXELS = 512;

export type Digest = {
  /** SHA-256 of the bytes, hex. */
  readonly contentSha256: string;
  readonly byteLength: number;
};

/** What is known of a file whose picture could not be read. */
export type UnreadFile = Digest & {
  /** What its DICOM header says; null where it has none that can be read. */
  readonly facts: FilmFacts | null;
};

/** Requests are answered one after the other, in the order in which they come. */
export type DecodeProtocol = {
  decode: { argument: DecodeRequest; reply: DecodeReply };
  /** What identifies a file, without decoding it; its bytes are copied to `copyTo`, atomically, unless that is null. */
  digest: { argument: { readonly source: FilmSource; readonly copyTo: string | null }; reply: Digest };
  /** Reads the header alone: whose film it is that could not be decoded. */
  describe: { argument: { readonly source: FilmSource }; reply: UnreadFile };
  /** Draws attention maps over the film in display grey, one PNG each. */
  overlay: { argument: OverlayRequest; reply: null };
  picture: { argument: PictureRequest; reply: null };
  /** Names of the regular files in an archive; of a DICOMDIR the files that it refers to, `/` between components. */
  listArchive: { argument: { readonly path: string }; reply: readonly string[] };
  /** Answered when everything asked before is done, cancelled requests included. */
  ready: { argument: null; reply: null };
};
