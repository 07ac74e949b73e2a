/** Judged films and what is known of them → the sets that figures are made of: commissioning and comparing share it. */
import type { ModelCard } from '#main/contract/card';
import { joinLabels } from '#main/chexnet/dataset/joinLabels';
import type { LabelRow, LabelTable } from '#main/chexnet/dataset/labelTable';
import { listedPatients, trainedOn } from '#main/chexnet/dataset/patientList';
import { joinScores } from '#main/chexnet/evaluation/joinScores';
import type { ScoredFilms } from '#main/chexnet/evaluation/scoredFilms';
import type { JudgedFilms, ScoredFile } from './judgeFilms';
import { aboutFilm, toScoredRow } from './toScoredRow';

export type FilmPairs = { readonly first: readonly ScoredFile[]; readonly second: readonly ScoredFile[] };

/** The films that both models have judged, in the same order. */
export function filmsOfBoth(first: JudgedFilms, second: JudgedFilms): FilmPairs {
  const byContent = new Map(second.films.map((film) => [film.contentSha256, film]));
  const both = first.films.filter(({ contentSha256 }) => byContent.has(contentSha256));
  return { first: both, second: both.map(({ contentSha256 }) => byContent.get(contentSha256)!) };
}

/** What of `pairs` no patient of whom one of the models was trained on is on: on others it looks better than it is. */
export function withoutTrained(pairs: FilmPairs, table: LabelTable | null, cards: readonly ModelCard[]): FilmPairs {
  const names = pairs.first.map((film) => film.names);
  const rows = table === null ? [] : joinLabels(table, names).rows;
  const patients = pairs.first.map(({ facts }, line) => {
    return { line, patientId: rows[line]?.patientId ?? aboutFilm(facts).patientId };
  });
  const lists = cards.flatMap((card) => trainedOn(card.patients?.lists ?? []));
  const seen = listedPatients(patients, lists);
  const isKept = (_: ScoredFile, place: number): boolean => !seen.has(patients[place]!.patientId ?? '');
  return { first: pairs.first.filter(isKept), second: pairs.second.filter(isKept) };
}

/** The films that have a row of labels, in their order; all of them where there is no table. */
export function toScoredSet(
  films: readonly ScoredFile[],
  table: LabelTable | null,
  { findings }: ModelCard,
): ScoredFilms {
  const labels = table ?? withoutLabels(films, findings);
  const rows = films.map((film, place) => toScoredRow(film, place + 1, labels.joinBy));
  return joinScores({ joinBy: labels.joinBy, findings, rows, unscoredLines: [] }, labels).set;
}

/** A table that says nothing: who makes figures of it knows. */
function withoutLabels(films: readonly ScoredFile[], findings: readonly string[]): LabelTable {
  const rows = films.map(({ names, facts }, place): LabelRow => {
    const { patientId, sex, ageYears, view } = aboutFilm(facts);
    const labels = new Int8Array(findings.length);
    return { line: place + 1, key: names.file, patientId, sex, ageYears, view, labels };
  });
  return { format: 'plain', joinBy: 'file', findings, rows, warnings: [] };
}
