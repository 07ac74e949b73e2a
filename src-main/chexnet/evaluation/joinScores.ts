/** Predictions and labels of the same films → the one form that every evaluation takes. */
import { alignFindings } from '../dataset/alignFindings';
import { joinLabels } from '../dataset/joinLabels';
import { UNKNOWN, type LabelRow, type LabelTable } from '../dataset/labelTable';
import type { PredictionRow, PredictionTable } from '../dataset/readPredictionTable';
import type { ScoredFilms } from './scoredFilms';

export type JoinedScores = {
  readonly set: ScoredFilms;
  /** Films with probabilities and no row of labels; rows of labels without probabilities. */
  readonly unlabelled: number;
  readonly unscored: number;
  /** What is doubtful about the labels: sentences. */
  readonly warnings: readonly string[];
};

/**
 * The findings are those of the predictions that have labels. Throws `label/no-match`, `label/unknown-finding` where
 * the tables have no film or no finding in common, `label/conflict` where two films claim one row.
 */
export function joinScores(predictions: PredictionTable, labels: LabelTable): JoinedScores {
  const { findings, rows, joinBy, warnings } = alignFindings(labels, predictions.findings);
  const names = predictions.rows.map(({ key }) => ({
    ...{ file: key, instanceUid: key, studyUid: key, accessionNumber: key },
  }));
  const joined = joinLabels({ joinBy, rows }, names);
  const pairs = predictions.rows.flatMap((scores, place) => {
    const row = joined.rows[place] ?? null;
    return row === null ? [] : [{ scores, row }];
  });
  return {
    set: toSet(findings, pairs),
    unlabelled: joined.filmsWithoutRow.length,
    unscored: joined.linesWithoutFilm.length,
    warnings: warnings.map(({ message }) => message),
  };
}

type Pair = { readonly scores: PredictionRow; readonly row: LabelRow };

/** `scores` and `row` are parallel to `findings`; those of which no film has a label are left out. */
function toSet(findings: readonly string[], pairs: readonly Pair[]): ScoredFilms {
  const columns = findings
    .map((_, index) => index)
    .filter((index) => pairs.some(({ row }) => row.labels[index] !== UNKNOWN));
  const { patients, patientIds } = numberPatients(pairs.map(({ row }) => row));
  return {
    findings: columns.map((index) => findings[index]!),
    films: pairs.map(({ row: { key, sex, ageYears, view } }) => ({ key, sex, ageYears, view, takenAt: null })),
    patients,
    patientCount: patientIds.length,
    patientIds,
    probabilities: columns.map((index) => Float64Array.from(pairs, ({ scores }) => scores.probabilities[index]!)),
    labels: columns.map((index) => Int8Array.from(pairs, ({ row }) => row.labels[index]!)),
  };
}

/** In the order in which they come. A film without a patient is a patient of its own. */
function numberPatients(rows: readonly LabelRow[]): { patients: Int32Array; patientIds: string[] } {
  const numbers = new Map<string, number>();
  const patients = Int32Array.from(rows, ({ patientId, key }) => {
    const id = patientId === null ? `film ${key}` : `patient ${patientId}`;
    const number = numbers.get(id) ?? numbers.size;
    numbers.set(id, number);
    return number;
  });
  return { patients, patientIds: [...numbers.keys()] };
}
