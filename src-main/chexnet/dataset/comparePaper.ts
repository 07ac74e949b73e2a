/** A split of the paper's size beside the paper's own counts, which do not add up. */
import { PAPER_PATIENTS, SPLIT_PARTS, type PatientSplit, type SplitPart } from './splitPatients';

/**
 * The films that CheXNet's paper gives (arXiv 1711.05225v3). They are 105,408 where the data set has 112,120, and it
 * does not say which were left out: a split of the same patients has other counts.
 */
const PAPER_FILMS: Readonly<Record<SplitPart, number>> = { training: 98_637, validation: 6351, test: 420 };

/** One sentence; '' where the split has not the paper's numbers of patients. `places` of the films on each side. */
export function comparePaper(
  { patients }: PatientSplit,
  places: Readonly<Record<SplitPart, readonly number[]>>,
): string {
  if (SPLIT_PARTS.some((part) => patients[part].length !== PAPER_PATIENTS[part])) return '';
  const list = (counts: Readonly<Record<SplitPart, number>>): string =>
    SPLIT_PARTS.map((part) => counts[part]).join(' / ');
  const films = { training: places.training.length, validation: places.validation.length, test: places.test.length };
  const sum = SPLIT_PARTS.reduce((total, part) => total + PAPER_FILMS[part], 0);
  return (
    `Films of training / validation / test: ${list(films)}; the paper gives ${list(PAPER_FILMS)} for as many patients, ` +
    `which is ${sum} of the data set's 112120.`
  );
}
