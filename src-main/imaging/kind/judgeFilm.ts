/**
 * What a film is, by its header: which films no model of frontal adult chests may judge, and what the reader must know
 * of the others. A header that is silent refuses nothing: it makes a warning.
 */
import type { ErrorBody, ErrorCode } from '#main/contract/errors';
import type { FilmFacts, FilmWarning } from '#main/contract/film';
import { bodyPartOf, modalityOf, namesChest, speciesOf, viewOf } from './headerTerms';

/** What a header says beyond the film's facts. '' and [] where it is silent. */
export type FilmHints = {
  readonly species: string;
  readonly breed: string;
  /** Series description, protocol name and the like: free text about this film alone. */
  readonly descriptions: readonly string[];
  readonly burnedInAnnotation: string;
  /** A sentence about lossy compression; null where there was none. */
  readonly lossy: string | null;
};

export const NO_HINTS: FilmHints = { species: '', breed: '', descriptions: [], burnedInAnnotation: '', lossy: null };

export type FilmEvidence = {
  readonly facts: FilmFacts;
  readonly hints: FilmHints;
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly bitsAllocated: number;
  /** What of the pixels is missing, in a sentence; null where nothing is. */
  readonly missing: string | null;
  /** All pixels (outside the padding) have one value. */
  readonly isConstant: boolean;
  /** Mean spread of R, G and B, 0 … 255. */
  readonly colourfulness: number;
};

export type FilmJudgement = { readonly refusal: ErrorBody | null; readonly warnings: readonly FilmWarning[] };

/** Below this many pixels on the shorter side nothing can be read, and below the network's input detail is invented. */
const SMALLEST_SIDE = 100;
const NETWORK_SIDE = 224;
/**
 * Mean spread of R, G and B above which a picture is taken for a photograph. Grey radiographs kept as JPEG colour have
 * at most 1 or 2 from rounding, tinted ones (blue film base) up to about 30.
 */
const PHOTOGRAPH_COLOURFULNESS = 40;

export function judgeFilm(evidence: FilmEvidence, ageRangeYears: readonly [number, number]): FilmJudgement {
  const refusal = firstRefusal(evidence, ageRangeYears);
  const warnings = WARNINGS.flatMap(([code, message]) => {
    const text = message(evidence);
    return text === null ? [] : [{ code, message: text }];
  });
  return { refusal, warnings };
}

type RefusalRule = (evidence: FilmEvidence, ageRangeYears: readonly [number, number]) => string | null;

/** In order of weight: the first rule that gives a sentence names the refusal. */
const REFUSALS: readonly (readonly [ErrorCode, RefusalRule])[] = [
  ['dicom/unsupported-pixels', refuseUnusualPixels],
  ['film/not-radiograph', refuseOtherModality],
  ['film/not-human', refuseAnimal],
  ['film/not-chest', refuseOtherBodyPart],
  ['film/lateral', refuseOtherView],
  ['film/for-processing', refuseForProcessing],
  ['film/age-out-of-range', refuseAge],
  ['film/multi-frame', refuseFrames],
  ['film/incomplete', ({ missing }) => missing],
  ['film/not-radiograph', refuseNoPicture],
];

function firstRefusal(evidence: FilmEvidence, ageRangeYears: readonly [number, number]): ErrorBody | null {
  for (const [code, rule] of REFUSALS) {
    const message = rule(evidence, ageRangeYears);
    if (message !== null) return { code, message, details: {} };
  }
  return null;
}

function refuseUnusualPixels({ bitsAllocated }: FilmEvidence): string | null {
  if (bitsAllocated === 8 || bitsAllocated === 16) return null;
  return `The film has ${bitsAllocated}-bit pixels, which no radiograph has.`;
}

function refuseOtherModality({ facts, hints }: FilmEvidence): string | null {
  const kind = modalityOf(facts.modality);
  if (kind === 'other') return `The modality is ${facts.modality}, not radiography.`;
  const saysChest = bodyPartOf(facts.bodyPart) === 'chest' || hints.descriptions.some(namesChest);
  if (kind === 'any' && !saysChest)
    return `The modality is ${facts.modality}, and nothing says that this is a chest film.`;
  return null;
}

function refuseAnimal({ hints }: FilmEvidence): string | null {
  const species = speciesOf(hints);
  return species === null ? null : `The header says that this is an animal (${species}).`;
}

function refuseOtherBodyPart({ facts }: FilmEvidence): string | null {
  if (modalityOf(facts.modality) === 'other-radiograph') return `The modality is ${facts.modality}, not a chest film.`;
  return bodyPartOf(facts.bodyPart) === 'other' ? `The body part is ${facts.bodyPart}, not the chest.` : null;
}

function refuseOtherView({ facts, hints }: FilmEvidence): string | null {
  const view = viewOf(facts, hints.descriptions);
  return view.kind === 'other' ? `The film is not a frontal view (${view.evidence}).` : null;
}

const FOR_PROCESSING_CLASS = '1.2.840.10008.5.1.4.1.1.1.1.1';

function refuseForProcessing({ facts }: FilmEvidence): string | null {
  const isRaw = facts.presentationIntent === 'FOR PROCESSING' || facts.sopClassUid === FOR_PROCESSING_CLASS;
  return isRaw ? 'The film is raw detector data, made for processing and not for reading.' : null;
}

function refuseAge({ facts }: FilmEvidence, [youngest, oldest]: readonly [number, number]): string | null {
  const age = facts.patientAgeYears;
  if (age === null || (age >= youngest && age <= oldest)) return null;
  const years = age < 2 ? age.toFixed(1) : Math.floor(age);
  return `The patient is ${years} years old; this model was made for ages ${youngest} to ${oldest}.`;
}

function refuseFrames({ frames }: FilmEvidence): string | null {
  return frames > 1 ? `The file holds ${frames} frames; only single films are judged.` : null;
}

function refuseNoPicture({ rows, columns, isConstant, colourfulness }: FilmEvidence): string | null {
  if (Math.min(rows, columns) < SMALLEST_SIDE) return `The picture is only ${columns} × ${rows} pixels.`;
  if (isConstant) return 'All pixels of the picture are equal.';
  if (colourfulness > PHOTOGRAPH_COLOURFULNESS) return 'The picture is in strong colours, as no radiograph is.';
  return null;
}

const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';

const WARNINGS: readonly (readonly [FilmWarning['code'], (evidence: FilmEvidence) => string | null])[] = [
  [
    'view-unknown',
    ({ facts, hints }) =>
      viewOf(facts, hints.descriptions).kind === 'unknown'
        ? 'The file does not say from which side it was taken.'
        : null,
  ],
  [
    'body-part-unknown',
    ({ facts }) =>
      bodyPartOf(facts.bodyPart) === 'unknown' ? 'The file does not say which body part it shows.' : null,
  ],
  [
    'age-unknown',
    ({ facts }) => (facts.patientAgeYears === null ? 'The file does not say how old the patient is.' : null),
  ],
  ['lossy', ({ hints }) => hints.lossy],
  [
    'burned-in-text',
    ({ hints }) => (hints.burnedInAnnotation === 'YES' ? 'The picture itself contains text about the patient.' : null),
  ],
  [
    'secondary-capture',
    ({ facts }) =>
      facts.sopClassUid.startsWith(SECONDARY_CAPTURE)
        ? 'The film is a secondary capture: its grey values may have been changed on the way.'
        : null,
  ],
  ['derived', ({ facts }) => (facts.imageType.startsWith('DERIVED') ? 'The film was derived from another one.' : null)],
  [
    'low-resolution',
    ({ rows, columns }) =>
      Math.min(rows, columns) < NETWORK_SIDE ? `The film has only ${columns} × ${rows} pixels.` : null,
  ],
];
