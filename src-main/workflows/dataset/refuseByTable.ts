/** As reading refuses by the header: pictures have none, and their table knows. */
import type { LabelRow } from '#main/chexnet/dataset/labelTable';
import { viewOf } from '#main/imaging/kind/headerTerms';
import type { LeftOutFile } from './cacheFilms';

export type TableRefusal = Pick<LeftOutFile, 'code' | 'reason'>;

/** Null where the view may be judged. */
export function refuseView(view: string | null): TableRefusal | null {
  const { kind } = viewOf({ view: view ?? '', patientOrientation: '', imageType: '' }, []);
  if (kind !== 'lateral' && kind !== 'unsupported') return null;
  return {
    code: kind === 'lateral' ? 'film/lateral' : 'film/view-unsupported',
    reason: `The table says that the view is ${view}.`,
  };
}

export function refuseByTable(
  { view, ageYears }: LabelRow,
  [youngest, oldest]: readonly [number, number],
): TableRefusal | null {
  const refusal = refuseView(view);
  if (refusal !== null || ageYears === null || (ageYears >= youngest && ageYears <= oldest)) return refusal;
  return {
    code: 'film/age-out-of-range',
    reason: `The table says that the patient is ${Math.floor(ageYears)} years old; the model is for ${youngest} to ${oldest}.`,
  };
}
