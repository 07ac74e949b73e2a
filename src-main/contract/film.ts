/**
 * A film as decoding hands it on: how its grey values are to be read, what the file says about it, and what is
 * doubtful. Pixels are never in here: they lie in a file of the pixel cache, or in a typed array beside it.
 */
import type { ErrorBody } from './errors';

/** A lookup table of DICOM PS3.3 C.11.1.1 / C.11.2.1.1. Inputs outside take the first or the last entry. */
export type LookupTable = {
  readonly firstMapped: number;
  readonly bits: number;
  readonly data: Uint16Array;
  readonly explanation: string;
};

/** One way of showing a film: a window, a VOI LUT, or a range that Hilum chose because the file is silent. */
export type VoiPreset =
  | {
      readonly kind: 'window';
      readonly shape: 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';
      readonly center: number;
      readonly width: number;
      readonly label: string;
      /** `file`: the file's own; `identity`: 8 bits as they are; `percentile`: chosen from the histogram. */
      readonly origin: 'file' | 'identity' | 'percentile' | 'user';
    }
  | { readonly kind: 'lut'; readonly table: LookupTable; readonly label: string; readonly origin: 'file' };

/** All that turns stored values into display grey (PS3.4 N.2), in the order of the standard. */
export type GreyDescription = {
  /** Stored values after mask, shift and sign extension: one sample a pixel. */
  readonly sample: 'uint8' | 'uint16' | 'int16';
  readonly bitsStored: number;
  readonly rescale: { readonly slope: number; readonly intercept: number };
  readonly modalityTable: LookupTable | null;
  /** Never empty; the first is the default. */
  readonly presets: readonly VoiPreset[];
  /** True where the smallest value is shown white (MONOCHROME1), applied once, after VOI. */
  readonly inverted: boolean;
  /** Stored values in this closed range are background: left out of statistics, shown black. */
  readonly padding: { readonly low: number; readonly high: number } | null;
  /** Smallest and largest stored value outside the padding. */
  readonly minimum: number;
  readonly maximum: number;
};

/** How the stored picture must be turned so that head is up and the patient's left is at the viewer's right. */
export type Turn = { readonly quarterTurns: 0 | 1 | 2 | 3; readonly mirrored: boolean };

export type PixelGeometry = {
  readonly rows: number;
  readonly columns: number;
  /** Row spacing, column spacing; null where the file gives none that can be trusted. */
  readonly pixelSpacingMm: readonly [number, number] | null;
  /** `detector`: measured at the detector, so lengths in the patient are magnified. */
  readonly spacingOrigin: 'calibrated' | 'detector' | 'unknown' | null;
  /** Height of a pixel by its width; exactly 1 where they are square or the file does not say. */
  readonly pixelAspect: number;
  readonly turn: Turn;
};

export type FilmWarningCode =
  | 'lossy'
  | 'colour'
  | 'secondary-capture'
  | 'derived'
  | 'burned-in-text'
  | 'view-unknown'
  | 'body-part-unknown'
  | 'age-unknown'
  | 'turned-by-header'
  | 'window-chosen'
  | 'padding'
  | 'incomplete'
  | 'header-repaired'
  | 'charset-unknown'
  | 'several-frames'
  | 'pixels-not-square'
  | 'pixel-header-mismatch'
  | 'unusual-picture'
  | 'low-resolution'
  | 'same-uid-different-bytes'
  | 'near-identical';

export type FilmWarning = { readonly code: FilmWarningCode; readonly message: string };

/** A plane 60xx that a DICOM header lists (PS3.3 C.9.2). */
export type FilmOverlay = {
  /** `6000` … `601E`. */
  readonly group: string;
  readonly kind: 'graphics' | 'region';
  readonly label: string;
  readonly description: string;
  readonly subtype: string;
  readonly activationLayer: string;
};

/** Where a film's overlays lie drawn, beside its samples: [rows*columns] bytes, bit i for the i-th overlay. */
export function overlaysPath(pixels: string): string {
  return `${pixels}.overlays`;
}

/** What the file says of patient, study and film. Empty text = the file is silent. */
export type FilmFacts = {
  readonly patientId: string;
  readonly patientIdIssuer: string;
  readonly patientName: string;
  /** YYYY-MM-DD or ''. */
  readonly patientBirthDate: string;
  /** `M`, `F`, `O` or ''. */
  readonly patientSex: string;
  /** Age at the study in years, from PatientAge, else from birth date and study date; null where unknown. */
  readonly patientAgeYears: number | null;
  readonly accessionNumber: string;
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly instanceUid: string;
  readonly sopClassUid: string;
  readonly studyDescription: string;
  readonly seriesDescription: string;
  /** YYYY-MM-DDTHH:MM:SS, or a date alone, or ''. */
  readonly studyDateTime: string;
  readonly modality: string;
  readonly bodyPart: string;
  /** PA, AP, LL, RL … as the header says; '' = view unknown, never guessed. */
  readonly view: string;
  readonly station: string;
  readonly manufacturerModel: string;
  readonly institution: string;
  readonly laterality: string;
  readonly patientOrientation: string;
  readonly presentationIntent: string;
  readonly imageType: string;
  /** `YES`, `NO` or ''. The file's own word: nothing is anonymous for it. */
  readonly identityRemoved: string;
  /** Drawn over the film on request. */
  readonly overlays: readonly FilmOverlay[];
};

/** The facts of a file that says nothing: a PNG, a JPEG, a TIFF. */
export const NO_FACTS: FilmFacts = {
  patientId: '',
  patientIdIssuer: '',
  patientName: '',
  patientBirthDate: '',
  patientSex: '',
  patientAgeYears: null,
  accessionNumber: '',
  studyUid: '',
  seriesUid: '',
  instanceUid: '',
  sopClassUid: '',
  studyDescription: '',
  seriesDescription: '',
  studyDateTime: '',
  modality: '',
  bodyPart: '',
  view: '',
  station: '',
  manufacturerModel: '',
  institution: '',
  laterality: '',
  patientOrientation: '',
  presentationIntent: '',
  imageType: '',
  identityRemoved: '',
  overlays: [],
};

export type FilmFormat = 'dicom' | 'png' | 'jpeg' | 'tiff';

/** How the pixels lay in the file. Zero and '' where the format has no such thing. */
export type PixelEncoding = {
  readonly format: FilmFormat;
  readonly transferSyntax: string;
  readonly frames: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly pixelRepresentation: 0 | 1;
  readonly photometricInterpretation: string;
  readonly samplesPerPixel: number;
};

/** `refusal` says why no model may judge this film; it can still be shown. */
export type DecodedFilm = {
  /** SHA-256 of the file's bytes, hex. */
  readonly contentSha256: string;
  readonly byteLength: number;
  readonly encoding: PixelEncoding;
  readonly geometry: PixelGeometry;
  readonly grey: GreyDescription;
  readonly facts: FilmFacts;
  readonly warnings: readonly FilmWarning[];
  readonly refusal: ErrorBody | null;
  /** MD5 of the stored pixel bytes, all frames, little-endian; only where it was asked for. */
  readonly pixelsMd5: string | null;
  /** 64-bit perceptual hash, 16 hex digits. */
  readonly fingerprint: string;
};
