/** A split in numbers, as it is shown before a run and kept in its receipt; beside the paper's where it is meant to be. */
import { rowsByPart } from './checkSplit';
import { countFindings, type FindingCount } from './countFindings';
import type { LabelRow } from './labelTable';
import { PAPER_PATIENTS, SPLIT_PARTS, type PatientSplit, type SplitPart } from './splitPatients';

/**
 * The films that the paper gives for its patients. They are 105,408 where the data set has 112,120, and the paper does
 * not say which were left out: a split of the same patients has other counts.
 */
const PAPER_FILMS: Readonly<Record<SplitPart, number>> = { training: 98_637, validation: 6351, test: 420 };

export type SplitSide = {
  readonly part: SplitPart;
  readonly patients: number;
  readonly films: number;
  readonly findings: readonly FindingCount[];
  /** CheXNet's own (arXiv 1711.05225v3), where the split has its numbers of patients. */
  readonly paper: { readonly patients: number; readonly films: number } | null;
};

export function describeSplit(
  rows: readonly LabelRow[],
  findings: readonly string[],
  split: PatientSplit,
): readonly SplitSide[] {
  const places = rowsByPart(rows, split);
  const isPaper = SPLIT_PARTS.every((part) => split.patients[part].length === PAPER_PATIENTS[part]);
  return SPLIT_PARTS.map((part) => ({
    part,
    patients: split.patients[part].length,
    films: places[part].length,
    findings: countFindings(rows, findings, places[part]),
    paper: isPaper ? { patients: PAPER_PATIENTS[part], films: PAPER_FILMS[part] } : null,
  }));
}
