/**
 * One name for one finding: tables write `Pleural Effusion`, `pleural_effusion`, `Effusion`. Ours are NIH
 * ChestX-ray14's with underscores; a name that nobody of them has stays a finding of its own.
 */
import { NIH_FINDINGS } from '#main/contract/findings';

/** Other spellings in the form of `spell` → our name. */
const OTHER_NAMES: readonly (readonly [string, string])[] = [
  ['pleural_effusion', 'Effusion'],
  ['oedema', 'Edema'],
  ['pulmonary_edema', 'Edema'],
  ['pulmonary_oedema', 'Edema'],
  ['pt', 'Pleural_Thickening'],
];

const OURS: ReadonlyMap<string, string> = new Map([
  ...NIH_FINDINGS.map((finding) => [spell(finding), finding] as const),
  ...OTHER_NAMES,
]);

/** Small letters, words joined by underscores, nothing else than letters and digits. */
function spell(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
}

/** Our name of a finding, or null where it is none that we know: by `vocabulary` where there is one. */
export function knownFinding(name: string, vocabulary: readonly string[] = NIH_FINDINGS): string | null {
  const spelt = spell(name);
  const same = vocabulary.find((finding) => spell(finding) === spelt);
  if (same !== undefined) return same;
  const ours = OURS.get(spelt);
  return ours !== undefined && vocabulary.includes(ours) ? ours : null;
}

/** A name for any finding: ours, else its own with underscores (`Lung Opacity` → `Lung_Opacity`). */
export function findingName(name: string): string {
  return OURS.get(spell(name)) ?? name.trim().replaceAll(/[^A-Za-z0-9]+/g, '_');
}
