/** The words by which headers name modality, body part, species and view. Free text in practice, so matched widely. */
import type { FilmFacts } from '#main/contract/film';

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

const CHEST = /CHEST|THORA[XC]|TORAX|TÓRAX|LUNG|PULM|CXR|POUMON|BRUSTKORB|胸|흉부|ГРУДН/;
const NO_BODY_PART = /^(UNKNOWN|OTHER|NONE|N\/A|NA|ANY|DEFAULT|WHOLE ?BODY|PORTABLE|STANDARD)?$/;

export function namesChest(text: string): boolean {
  return CHEST.test(text.toUpperCase());
}

/** Anything that is named and is not the chest is another body part. */
export function bodyPartOf(bodyPart: string): 'chest' | 'other' | 'unknown' {
  const words = bodyPart.replace(/[_\\]+/g, ' ').trim();
  if (namesChest(words)) return 'chest';
  return NO_BODY_PART.test(words) ? 'unknown' : 'other';
}

const HUMAN = /human|homo/i;
const ANIMAL =
  /\b(canine|canis|dogs?|feline|felis|cats?|equine|equus|horse|bovine|ovine|porcine|avian|lapine|rabbit|rodent|murine|mouse|rat|ferret|veterinar\w*|simian|macaque)\b/i;

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

export type View =
  | { readonly kind: 'frontal' | 'unknown' }
  /** `evidence`: the words of the header that say so. */
  | { readonly kind: 'other'; readonly evidence: string };

const FRONTAL = /^(PA|AP|FRONTAL|PA ?ERECT|AP ?(SUPINE|ERECT|PORTABLE)?|POSTERO-?ANTERIOR|ANTERO-?POSTERIOR)$/;
/** Defined terms of PS3.3 C.8.1.1 and what is written instead of them. */
const LATERAL = /^(LL|RL|LAT|LATERAL|L ?LAT|R ?LAT|LEFT LATERAL|RIGHT LATERAL|LLAT|RLAT|PROFILE?|SAGITTAL)$/;
const DECUBITUS_OR_OBLIQUE = /^(LLD|RLD|LLO|RLO|LAO|RAO|LPO|RPO|OBLIQUE|DECUB\w*|LORDOTIC)$|DECUB|OBLI|LATERAL/;
const LATERAL_WORDS = /\b(lat|lateral|latéral|lateralis|seitlich|profil|perfil|LL|RL)\b|側面|측면|боков/i;
const FRONTAL_WORDS = /\b(pa|ap|frontal|p\.a\.|a\.p\.)\b|正面/i;

/**
 * The view by ViewPosition or ViewCodeSequence, else by PatientOrientation (rows that point to front or back mean a
 * lateral), else by words in the film's own descriptions; never guessed from silence.
 */
export function viewOf(facts: Pick<FilmFacts, 'view' | 'patientOrientation'>, descriptions: readonly string[]): View {
  const view = facts.view.replace(/[_\\]+/g, ' ').trim();
  if (FRONTAL.test(view)) return { kind: 'frontal' };
  if (LATERAL.test(view)) return { kind: 'other', evidence: `lateral, ${view}` };
  if (DECUBITUS_OR_OBLIQUE.test(view)) return { kind: 'other', evidence: view };
  if (/^[AP](\\|$)/.test(facts.patientOrientation)) {
    return { kind: 'other', evidence: `lateral, PatientOrientation ${facts.patientOrientation}` };
  }
  const lateral = descriptions.find((text) => LATERAL_WORDS.test(text) && !FRONTAL_WORDS.test(text));
  return lateral === undefined ? { kind: 'unknown' } : { kind: 'other', evidence: `lateral, "${lateral}"` };
}
