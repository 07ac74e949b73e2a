/** Predictions and labels of the same films → the one form that every evaluation takes. */
import { countKnownPatients } from '#main/contract/knownPatients';
import { frontalView } from '#main/imaging/kind/viewTerms';
import { alignFindings } from '../dataset/alignFindings';
import { joinLabels } from '../dataset/joinLabels';
import { findTwoSexes } from '../dataset/twoSexes';
import { UNKNOWN, type LabelRow, type LabelTable } from '../dataset/labelTable';
import type { PredictionRow, PredictionTable } from '../dataset/readPredictionTable';
import { nobodysId, type ScoredFilm, type ScoredFilms } from './scoredFilms';

/** What the film itself says; where the labels say it too, theirs counts. */
export type FilmAbout = Omit<ScoredFilm, 'key'> & { readonly patientId: string | null };

export type ScoredRow = PredictionRow & { readonly about?: FilmAbout };

export type ScoredTable = Omit<PredictionTable, 'rows'> & { readonly rows: readonly ScoredRow[] };

export type JoinedScores = {
  readonly set: ScoredFilms;
  /** Of the labels, parallel to the set's films; the patient is the film's where they are silent. */
  readonly rows: readonly LabelRow[];
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
export function joinScores(predictions: ScoredTable, labels: LabelTable): JoinedScores {
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
    rows: pairs.map(({ scores, row }) => ({ ...row, patientId: row.patientId ?? scores.about?.patientId ?? null })),
    unlabelled: joined.filmsWithoutRow.length,
    unscored: joined.linesWithoutFilm.length,
    warnings: [...warnings.map(({ message }) => message), ...doubtsOf(findings, pairs, labels)],
  };
}

/** What the table and the films say together: sexes, and labels that are left out for being uncertain. */
function doubtsOf(findings: readonly string[], pairs: readonly Pair[], labels: LabelTable): string[] {
  const evidence = pairs.flatMap(({ scores: { about }, row }) => {
    const patientId = row.patientId ?? about?.patientId ?? null;
    return [row, { patientId, sex: about?.sex ?? null, line: row.line }].map((each) => ({ ...each, patientId }));
  });
  const sexes = findTwoSexes(evidence, labels.rows);
  const uncertain = findings.flatMap((finding, place) => {
    const count = pairs.filter(({ row }) => row.uncertain.includes(place)).length;
    return count === 0 ? [] : [`${finding} ${count}`];
  });
  return [
    ...(sexes === null ? [] : [sexes.message]),
    ...(uncertain.length === 0 ? [] : [`Uncertain labels (-1) are left out: ${uncertain.join(', ')}.`]),
  ];
}

type Pair = { readonly scores: ScoredRow; readonly row: LabelRow };

/** `scores` and `row` are parallel to `findings`; those of which no film has a label are left out. */
function toSet(findings: readonly string[], pairs: readonly Pair[]): ScoredFilms {
  const columns = findings
    .map((_, index) => index)
    .filter((index) => pairs.some(({ row }) => row.labels[index] !== UNKNOWN));
  const ids = pairs.map(({ scores, row }) => row.patientId ?? scores.about?.patientId ?? null);
  const { patients, patientIds } = numberPatients(pairs, ids);
  return {
    findings: columns.map((index) => findings[index]!),
    films: pairs.map(describeFilm),
    patients,
    patientCount: patientIds.length,
    known: countKnownPatients(ids),
    patientIds,
    probabilities: columns.map((index) => Float64Array.from(pairs, ({ scores }) => scores.probabilities[index]!)),
    labels: columns.map((index) => Int8Array.from(pairs, ({ row }) => row.labels[index]!)),
  };
}

function describeFilm({ scores: { about }, row }: Pair): ScoredFilm {
  return {
    key: row.key,
    sex: row.sex ?? about?.sex ?? null,
    ageYears: row.ageYears ?? about?.ageYears ?? null,
    view: nameView(row.view ?? about?.view ?? null),
    takenAt: about?.takenAt ?? null,
    original: about?.original ?? null,
  };
}

/** AP and PA have many names (`AP_HORIZONTAL`, `P.A.`), and one here. */
function nameView(view: string | null): string | null {
  return view === null ? null : (frontalView(view) ?? view);
}

/** In the order in which they come. A film without a patient is a patient of its own. */
function numberPatients(
  pairs: readonly Pair[],
  ids: readonly (string | null)[],
): { patients: Int32Array; patientIds: string[] } {
  const numbers = new Map<string, number>();
  const patients = Int32Array.from(pairs, ({ row }, place) => {
    const patientId = ids[place]!;
    const id = patientId === null ? nobodysId(row.key) : `patient ${patientId}`;
    const number = numbers.get(id) ?? numbers.size;
    numbers.set(id, number);
    return number;
  });
  return { patients, patientIds: [...numbers.keys()] };
}
