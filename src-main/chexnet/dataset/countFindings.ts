/** What a set of films can teach and show: how often each finding is in it, what weighs how much, what is too rare. */
import type { LabelRow } from './labelTable';

/** Fewer films of a finding than this teach it so little that the program says so before a run. A rule of thumb. */
const LEARNABLE_POSITIVES = 50;
/** With fewer, an AUROC's interval is wider than anything it could be compared with. As the card's "measured". */
const MEASURABLE_POSITIVES = 10;

export type FindingCount = {
  readonly finding: string;
  /** Films whose label is known. */
  readonly films: number;
  readonly positives: number;
  /** Films whose label the table calls uncertain, whatever became of it. */
  readonly uncertain: number;
  readonly positivePatients: number;
  /** 0 … 1 of the known; null where nothing is known. */
  readonly prevalence: number | null;
  /** w+ of CheXNet's weighted loss: the share of negatives. Null where films of one kind are missing. */
  readonly weightPositive: number | null;
  /** w−: the share of positives. */
  readonly weightNegative: number | null;
  /** Enough positives to learn from. */
  readonly learnable: boolean;
  /** Enough of both to measure by. */
  readonly measurable: boolean;
};

/** Of the rows at `places`, or of all. */
export function countFindings(
  rows: readonly LabelRow[],
  findings: readonly string[],
  places: readonly number[] = rows.map((_row, index) => index),
): FindingCount[] {
  return findings.map((finding, at) => {
    let films = 0;
    let positives = 0;
    let uncertain = 0;
    const patients = new Set<string>();
    for (const place of places) {
      const { labels, patientId, uncertain: doubtful } = rows[place]!;
      const label = labels[at]!;
      if (label >= 0) films++;
      if (doubtful.includes(at)) uncertain++;
      if (label !== 1) continue;
      positives++;
      if (patientId !== null) patients.add(patientId);
    }
    const prevalence = films === 0 ? null : positives / films;
    const hasBoth = positives > 0 && positives < films;
    return {
      ...{ finding, films, positives, uncertain, prevalence },
      positivePatients: patients.size,
      weightPositive: hasBoth ? (films - positives) / films : null,
      weightNegative: hasBoth ? positives / films : null,
      learnable: positives >= LEARNABLE_POSITIVES,
      measurable: Math.min(positives, films - positives) >= MEASURABLE_POSITIVES,
    };
  });
}
