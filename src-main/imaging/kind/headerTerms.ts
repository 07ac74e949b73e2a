/** The words by which headers name modality, body part, species and view. Free text in practice, so matched widely. */
import type { FilmFacts } from '#main/contract/film';
import { headerWords } from './headerWords';
import { viewDescribed, viewNamed } from './viewTerms';

const CHEST_FILM_MODALITIES = new Set(['CR', 'DX', 'DR', 'RG', 'XR']);
/** "Other", captures and hard copies: they may hold a scanned chest film, or anything. */
const ANY_PICTURE = new Set(['OT', 'SC', 'HC']);
/** Radiographs, but never of a chest: mammograms and dental films. */
const OTHER_RADIOGRAPHS = new Set(['MG', 'IO', 'PX']);

/** A silent header is taken for a radiograph. */
export function modalityOf(modality: string): 'chest-film' | 'any' | 'other-radiograph' | 'other' {
  if (ANY_PICTURE.has(modality)) return 'any';
  if (modality === '' || CHEST_FILM_MODALITIES.has(modality)) return 'chest-film';
  return OTHER_RADIOGRAPHS.has(modality) ? 'other-radiograph' : 'other';
}

const CHEST =
  /CHEST|THORA[XC]|TORA[XC]|TÓRAX|LUNG|PULM|CXR|POUMON|BRUSTKORB|KLATK|HRUDN|BR[ÖO]STKORG|BRYSTK|MELLKAS|G[ÖO][ĞG][ÜU]S|胸|흉부|ГРУДН|Л[ЕЁ]ГК|ОГК|صدر|חזה|ทรวงอก/;
/** The spine has the chest in its names: "thoracic spine", THORAX_WS, toracolombare. */
const SPINE = /SPINE|SPINAL|VERTEBR|WIRBEL|RACHIS|COLUMNA|COLONNA|LUMBA|LOMBA|LUMBO|LENDEN|\b[BHL]?WS\b|\bT ?L? ?SP\b/;
const OTHER_PART = new RegExp(
  `(?:^| )(?:${[
    'HANDS?|WRISTS?|FINGERS?|THUMBS?|ELBOWS?|FOREARMS?|HUMERUS|SHOULDERS?|CLAVICLES?|SCAPULA|FOOT|FEET|TOES?|ANKLES?',
    'KNEES?|HIPS?|FEMUR|TIBIA|FIBULA|PATELLA|PELVIS|SKULL|SINUS(?:ES)?|MANDIBLE|ORBITS?|KUB',
    'HANDGELENK|ELLENBOGEN|OBERARM|UNTERARM|SCHULTER|HÜFTE|BECKEN|KNIE|SPRUNGGELENK|FUSS|FUß|SCHÄDEL',
    'POIGNET|COUDE|ÉPAULE|EPAULE|GENOU|HANCHE|BASSIN|CHEVILLE|CRÂNE|CRANE',
  ].join('|')})(?= |$)|ABD|NECK|BABYGRAM`,
);
const NO_BODY_PART = /^(UNKNOWN|OTHER|NONE|N\/A|NA|ANY|DEFAULT|WHOLE ?BODY|PORTABLE|STANDARD)?$/;

export function namesChest(text: string): boolean {
  const words = headerWords(text).join(' ');
  return CHEST.test(words) && !SPINE.test(words);
}

/** Whether the text names a known part of the body that is not the chest. */
export function namesOtherPart(text: string): boolean {
  const words = headerWords(text).join(' ');
  return SPINE.test(words) || OTHER_PART.test(words);
}

/** Anything that is named and is not the chest alone is another body part. */
export function bodyPartOf(bodyPart: string): 'chest' | 'other' | 'unknown' {
  if (namesOtherPart(bodyPart)) return 'other';
  if (namesChest(bodyPart)) return 'chest';
  return NO_BODY_PART.test(bodyPart.replace(/[_\\]+/g, ' ').trim()) ? 'unknown' : 'other';
}

const HUMAN = /human|homo/i;
const ANIMAL =
  /\b(canine|canis|dogs?|feline|felis|cats?(?! scan)|equine|equus|horse|bovine|ovine|porcine|avian|lapine|rabbit|rodent|murine|mouse|rat|ferret|veterinar\w*|simian|macaque)\b/i;

/** The animal that the header names, in its words; null for people and for silent headers. */
export function speciesOf(hints: {
  readonly species: string;
  readonly breed: string;
  readonly descriptions: readonly string[];
}): string | null {
  if (hints.species !== '') return HUMAN.test(hints.species) ? null : hints.species;
  if (hints.breed !== '') return hints.breed;
  for (const description of hints.descriptions) {
    const found = ANIMAL.exec(description)?.[0];
    if (found !== undefined) return found.toLowerCase();
  }
  return null;
}

/** "CAD" and "AI" as words of their own, not as parts of others; names of programs that say neither. */
const ANALYSIS_PROGRAM =
  /(?:^| )(?:A ?I|Q ?XR|LUNIT|ANNALISE|GLEAMER|CLEAR ?READ|VUNO|CAD|CADE|CADX|HEAT ?MAPS?|SALIENCY|GRAD ?CAM|DEEP LEARNING|NEURAL NETWORK|COMPUTER AIDED \p{L}+|ARTIFICIAL INTELLIGENCE)(?= |$)|KÜNSTLICHE INTELLIGENZ/u;

/** Films without their bones or soft tissue, by a program or by two exposures of unequal energy. */
const SUBTRACTION = /(?:^| )(?:BONES? ?(?:SUPPRESS|SUBTRACT)|RIB ?SUPPRESS|DUAL ?ENERGY|ENERGY ?SUBTRACT)/;

/** The first text that names a program which looks for findings; null where none does. */
export function namedAnalysis(texts: readonly string[]): string | null {
  return firstThatNames(ANALYSIS_PROGRAM, texts);
}

/** The first text that says that tissue was taken out of the picture; null where none does. */
export function namedSubtraction(texts: readonly string[]): string | null {
  return firstThatNames(SUBTRACTION, texts);
}

function firstThatNames(terms: RegExp, texts: readonly string[]): string | null {
  return texts.find((text) => terms.test(headerWords(text).join(' '))) ?? null;
}

export type View =
  | { readonly kind: 'frontal' | 'unknown' }
  /** `lateral` holds obliques and decubitus too. `evidence`: the words of the header that say so. */
  | { readonly kind: 'lateral' | 'unsupported'; readonly evidence: string };

/**
 * The view by ViewPosition or ViewCodeSequence and by PatientOrientation (rows or columns that point to front or back
 * mean a lateral), else by ImageType, or words in the film's own descriptions; never guessed from silence, and never from
 * words that name both films of a study.
 */
export function viewOf(
  facts: Pick<FilmFacts, 'view' | 'patientOrientation' | 'imageType'>,
  descriptions: readonly string[],
): View {
  const named = viewNamed(facts.view);
  if (named === 'lateral') return { kind: 'lateral', evidence: facts.view };
  if (named === 'other') return { kind: 'unsupported', evidence: facts.view };
  // Where it contradicts a frontal view the film is not judged: of the two the safe one.
  if (facts.patientOrientation.split('\\').some((direction) => /^[AP]/.test(direction))) {
    const against = named === 'frontal' ? `, against the view ${facts.view}` : '';
    return { kind: 'lateral', evidence: `PatientOrientation ${facts.patientOrientation}${against}` };
  }
  if (named === 'frontal') return { kind: 'frontal' };
  const imageType = facts.imageType.split('\\').find((value) => viewDescribed(value) === 'lateral');
  if (imageType !== undefined) return { kind: 'lateral', evidence: `ImageType ${imageType}` };
  const lateral = descriptions.find((text) => viewDescribed(text) === 'lateral');
  return lateral === undefined ? { kind: 'unknown' } : { kind: 'lateral', evidence: `"${lateral}"` };
}
