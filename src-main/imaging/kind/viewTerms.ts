/**
 * The view of a film by the words that headers use for it: defined terms, abbreviations and free text in several
 * languages. A word that is not known is never taken for silence.
 */
import type { CutoffView } from '#main/contract/cutoffs';
import { headerWords } from './headerWords';

type NamedView = 'frontal' | 'lateral' | 'other' | 'none';

const FRONTAL =
  /^(AP|PA)(ERECT|SUPINE|UPRIGHT|SITTING|PORT\w*)?$|^(FRONTAL\w*|FRONT|FACE|POSTERO ?ANTERIOR|ANTERO ?POSTERIOR)$|正面|정면|прям/i;
const LATERAL =
  /^(LEFT|RIGHT|LT|RT|L|R|X|XTABLE)?LAT(ERAL(E|ES|IS|L|R)?|ERO\w*|L|R|LEFT|RIGHT)?$|^(LL|RL|SEITL\w*|PROFIL\w*|PERFIL|SAGITTAL)$|^(MEDIO|LATERO)LATERAL$|^BO(CZ|[CČ])N|^ZIJD|LATÉRAL|側面|측면|боков/i;
/** Not frontal, and not measured: the code `film/lateral` holds for these too. */
const OBLIQUE_OR_DECUBITUS = /^(LLD|RLD|LLO|RLO|LAO|RAO|LPO|RPO)$|^OBLI|^OBL$|^SCHR(Ä|AE)G|^DECUB/i;
const OTHER =
  /^(AXIAL\w*|LORDOTIC\w*|SWIMMER\w*|APICAL|TANGENTIAL\w*|CAUDO\w*|CRANIO\w*|CC|MLO?|LMO?|DECUB\w*|OCCLUSAL|WATERS|TOWNE)$/i;
/** Said beside a view, or instead of one; they tell nothing of the side. */
const NO_VIEW =
  /^(|CHEST|CXR|THORAX|TORAX|LUNGS?|ERECT|UPRIGHT|STANDING|SITTING|SUPINE|PRONE|BED(SIDE)?|PORT(ABLE)?|MOBILE|GRID|VIEW|PROJECTION|UNKNOWN|OTHER|NONE|N|A|NA|ANY|DEFAULT|STANDARD|NORMAL|\d+V?|X+)$/;

type Words = { readonly frontal: boolean; readonly lateral: boolean; readonly other: boolean };

function viewWords(text: string): Words {
  const words = headerWords(text);
  const has = (pattern: RegExp): boolean => words.some((word) => pattern.test(word));
  const pairs = words.slice(1).map((word, at) => `${words[at] ?? ''} ${word}`);
  // "Decúbito supino" is lying on the back: a frontal view.
  const isOnBackOrFront = words.some((word) => /^(SUPIN|DORSAL|PRON)/.test(word));
  const oblique = words.some((word) => OBLIQUE_OR_DECUBITUS.test(word) && !(isOnBackOrFront && /^DECUB/.test(word)));
  return {
    frontal: has(FRONTAL) || pairs.some((pair) => FRONTAL.test(pair)),
    lateral: has(LATERAL) || oblique,
    other: words.some((word) => OTHER.test(word) && !/^DECUB/.test(word)),
  };
}

/** ViewPosition or a view's code meaning: one film, so any lateral word decides, and any unknown word counts. */
export function viewNamed(position: string): NamedView {
  const { frontal, lateral, other } = viewWords(position);
  const words = headerWords(position);
  if (lateral || (!frontal && words.some((word) => /^[LR]$/.test(word)))) return 'lateral';
  if (other) return 'other';
  if (frontal) return 'frontal';
  return words.every((word) => NO_VIEW.test(word)) ? 'none' : 'other';
}

const SIDES: readonly (readonly [CutoffView, RegExp])[] = [
  ['AP', /^AP(ERECT|SUPINE|UPRIGHT|SITTING|PORT\w*)?$|^ANTERO ?POSTERIOR$/],
  ['PA', /^PA(ERECT|SUPINE|UPRIGHT|SITTING|PORT\w*)?$|^POSTERO ?ANTERIOR$/],
];

/** AP or PA of a frontal film, however a header or a table of labels writes it; null where it says neither, or both. */
export function frontalView(position: string): CutoffView | null {
  if (viewNamed(position) !== 'frontal') return null;
  const words = headerWords(position);
  const named = [...words, ...words.slice(1).map((word, at) => `${words[at] ?? ''} ${word}`)];
  const sides = SIDES.filter(([, pattern]) => named.some((words) => pattern.test(words)));
  return sides.length === 1 ? sides[0]![0] : null;
}

/** Free text, which may name both films of a study ("PA and lateral") and mostly names no view at all. */
export function viewDescribed(text: string): 'lateral' | 'frontal' | 'both' | 'none' {
  const { frontal, lateral } = viewWords(text);
  if (frontal && lateral) return 'both';
  if (lateral) return 'lateral';
  return frontal ? 'frontal' : 'none';
}
