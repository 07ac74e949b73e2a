/**
 * What a film is, by its header: which films no model of frontal adult chests may judge, and what the reader must know
 * of the others. A header that is silent refuses nothing: it makes a warning.
 */
import type { ErrorBody, ErrorCode } from '#main/contract/errors';
import type { FilmFacts, FilmWarning } from '#main/contract/film';
import {
  bodyPartOf,
  modalityOf,
  namedAnalysis,
  namedSubtraction,
  namesChest,
  namesOtherPart,
  speciesOf,
  viewOf,
} from './headerTerms';

/** What a header says beyond the film's facts. '' and [] where it is silent. */
export type FilmHints = {
  readonly species: string;
  readonly breed: string;
  /** Series description, protocol name and the like: free text about this film alone. */
  readonly descriptions: readonly string[];
  /** Age at the study by the birth date, which PatientAge may contradict; null where unknown. */
  readonly ageByBirthDateYears: number | null;
  /** Age on the day of judging: the patient was no older on the film. Null where the birth date is unknown. */
  readonly ageTodayYears: number | null;
  /** What the header says of how the film came about: derivation, and equipment that had a part in it. */
  readonly derivation: readonly string[];
  readonly burnedInAnnotation: string;
  /** A sentence about lossy compression; null where there was none. */
  readonly lossy: string | null;
};

export const NO_HINTS: FilmHints = {
  species: '',
  breed: '',
  descriptions: [],
  ageByBirthDateYears: null,
  ageTodayYears: null,
  derivation: [],
  burnedInAnnotation: '',
  lossy: null,
};

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
  /** The pixels have two values only, as those of a fax have. */
  readonly isBilevel: boolean;
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
/** Longer side to shorter side; the longest chest detectors and cassettes are about 1.3. */
const LONGEST_SHAPE = 2.5;
/** PatientAge is rounded down and the study's date may be of another day: so much of a difference is no contradiction. */
const AGE_CONTRADICTION_YEARS = 2;

export function judgeFilm(evidence: FilmEvidence, ageRangeYears: readonly [number, number]): FilmJudgement {
  const refusal = refusalFor(evidence, ageRangeYears);
  const warnings = WARNINGS.flatMap(([code, message]) => {
    const text = message(evidence);
    return text === null ? [] : [{ code, message: text }];
  });
  return { refusal, warnings };
}

type RefusalRule = (evidence: FilmEvidence, ageRangeYears: readonly [number, number]) => string | null;

/** In order of weight. */
const REFUSALS: readonly (readonly [ErrorCode, RefusalRule])[] = [
  ['dicom/unsupported-pixels', refuseUnusualPixels],
  ['film/not-radiograph', refuseOtherModality],
  ['film/not-human', refuseAnimal],
  ['film/not-chest', refuseOtherBodyPart],
  ['film/lateral', refuseLateral],
  ['film/view-unsupported', refuseOtherView],
  ['film/for-processing', refuseForProcessing],
  ['film/age-out-of-range', refuseAge],
  ['film/multi-frame', refuseFrames],
  ['film/incomplete', ({ missing }) => missing],
  ['film/not-radiograph', refuseNoPicture],
];

/** The gravest reason gives the code; the others are told too, so that whoever overrides it knows all of them. */
function refusalFor(evidence: FilmEvidence, ageRangeYears: readonly [number, number]): ErrorBody | null {
  const [first, ...others] = REFUSALS.flatMap(([code, rule]) => {
    const message = rule(evidence, ageRangeYears);
    return message === null ? [] : [{ code, message }];
  });
  if (first === undefined) return null;
  if (others.length === 0) return { ...first, details: {} };
  const besides = new Set(others.map(({ code }) => code).filter((code) => code !== first.code));
  return {
    code: first.code,
    message: `${first.message} Besides: ${others.map(({ message }) => message).join(' ')}`,
    details: { besides: [...besides].join(', ') },
  };
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

function refuseOtherBodyPart({ facts, hints }: FilmEvidence): string | null {
  if (modalityOf(facts.modality) === 'other-radiograph') return `The modality is ${facts.modality}, not a chest film.`;
  const kind = bodyPartOf(facts.bodyPart);
  if (kind === 'other') return `The body part is ${facts.bodyPart}, not the chest alone.`;
  if (kind === 'chest') return null;
  const descriptions = [facts.studyDescription, facts.seriesDescription, ...hints.descriptions];
  if (descriptions.some(namesChest)) return null;
  const other = descriptions.find(namesOtherPart);
  return other === undefined ? null : `The file is described as "${other}", and nothing in it names the chest.`;
}

function refuseLateral({ facts, hints }: FilmEvidence): string | null {
  const view = viewOf(facts, hints.descriptions);
  return view.kind === 'lateral' ? `The film is not a frontal view (${view.evidence}).` : null;
}

function refuseOtherView({ facts, hints }: FilmEvidence): string | null {
  const view = viewOf(facts, hints.descriptions);
  return view.kind === 'unsupported' ? `The view is ${view.evidence}, which is not known as a frontal one.` : null;
}

const FOR_PROCESSING_CLASS = '1.2.840.10008.5.1.4.1.1.1.1.1';

function refuseForProcessing({ facts }: FilmEvidence): string | null {
  const isRaw = facts.presentationIntent.endsWith('PROCESSING') || facts.sopClassUid === FOR_PROCESSING_CLASS;
  return isRaw ? 'The film is raw detector data, made for processing and not for reading.' : null;
}

/** The stated age decides, unless the birth date contradicts it: then both must be in the range. */
function refuseAge({ facts, hints }: FilmEvidence, [youngest, oldest]: readonly [number, number]): string | null {
  const stated = facts.patientAgeYears;
  const byBirth = hints.ageByBirthDateYears;
  const ages = agesContradict(stated, byBirth) ? [stated, byBirth] : [stated ?? byBirth];
  const made = `this model was made for ages ${youngest} to ${oldest}.`;
  const outside = ages.find((age) => age !== null && (age < youngest || age > oldest));
  if (outside !== undefined && outside !== null) {
    const subject = ages.length === 1 ? 'The patient is' : 'PatientAge and birth date disagree; by one the patient is';
    return `${subject} ${showAge(outside)} years old; ${made}`;
  }
  const today = hints.ageTodayYears;
  if (today === null || today >= youngest) return null;
  return `By the birth date the patient is only ${showAge(today)} years old today; ${made}`;
}

function showAge(years: number): string {
  return years < 2 ? years.toFixed(1) : `${Math.floor(years)}`;
}

/** Whether two ages of one patient at one study cannot both be right. */
export function agesContradict(stated: number | null, byBirthDate: number | null): boolean {
  return stated !== null && byBirthDate !== null && Math.abs(stated - byBirthDate) > AGE_CONTRADICTION_YEARS;
}

function refuseFrames({ frames }: FilmEvidence): string | null {
  return frames > 1 ? `The file holds ${frames} frames; only single films are judged.` : null;
}

function refuseNoPicture({ rows, columns, isConstant, isBilevel, colourfulness }: FilmEvidence): string | null {
  if (Math.min(rows, columns) < SMALLEST_SIDE) return `The picture is only ${columns} × ${rows} pixels.`;
  if (isConstant) return 'All pixels of the picture are equal.';
  if (isBilevel) return 'The picture is black and white without greys, as no radiograph is.';
  if (colourfulness > PHOTOGRAPH_COLOURFULNESS) return 'The picture is in strong colours, as no radiograph is.';
  return null;
}

const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';

function sayDerived({ facts, hints }: FilmEvidence): string | null {
  const texts = [facts.imageType, facts.seriesDescription, ...hints.descriptions, ...hints.derivation];
  const program = namedAnalysis(texts);
  if (program !== null) return `The film comes from a program that looks for findings ("${program}").`;
  const subtraction = namedSubtraction(texts);
  if (subtraction !== null) return `Bones or soft tissue were taken out of the film ("${subtraction}").`;
  return facts.imageType.startsWith('DERIVED') ? 'The film was derived from another one.' : null;
}

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
    ({ facts }) => (facts.patientAgeYears === null ? 'The file gives no age of the patient that can be read.' : null),
  ],
  ['lossy', ({ hints }) => hints.lossy],
  [
    'burned-in-text',
    ({ hints }) =>
      hints.burnedInAnnotation.startsWith('Y') ? 'The picture itself contains text about the patient.' : null,
  ],
  [
    'secondary-capture',
    ({ facts }) =>
      facts.sopClassUid.startsWith(SECONDARY_CAPTURE)
        ? 'The film is a secondary capture: its grey values may have been changed on the way.'
        : null,
  ],
  ['derived', sayDerived],
  [
    'unusual-picture',
    ({ rows, columns }) =>
      Math.max(rows, columns) > LONGEST_SHAPE * Math.min(rows, columns)
        ? `The picture has ${columns} × ${rows} pixels, which is not the shape of a chest film.`
        : null,
  ],
  [
    'low-resolution',
    ({ rows, columns }) =>
      Math.min(rows, columns) < NETWORK_SIDE ? `The film has only ${columns} × ${rows} pixels.` : null,
  ],
];
