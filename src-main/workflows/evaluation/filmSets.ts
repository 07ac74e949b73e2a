/** Judged films and what is known of them → the sets that figures are made of: commissioning and comparing share it. */
import type { ModelCard } from '#main/contract/card';
import { nameSome, type LabelRow, type LabelTable } from '#main/chexnet/dataset/labelTable';
import { listedPatients, trainedOn } from '#main/chexnet/dataset/patientList';
import { joinScores } from '#main/chexnet/evaluation/joinScores';
import type { ScoredFilms } from '#main/chexnet/evaluation/scoredFilms';
import { rowsOf, type JudgedFilms, type ScoredFile } from './judgeFilms';
import { aboutFilm, toScoredRow } from './toScoredRow';

export type FilmPairs = { readonly first: readonly ScoredFile[]; readonly second: readonly ScoredFile[] };

/** The films that both models have judged, in the same order. */
export function filmsOfBoth(first: JudgedFilms, second: JudgedFilms): FilmPairs {
  const byContent = new Map(second.films.map((film) => [film.contentSha256, film]));
  const both = first.films.filter(({ contentSha256 }) => byContent.has(contentSha256));
  return { first: both, second: both.map(({ contentSha256 }) => byContent.get(contentSha256)!) };
}

/** Of each film, as the labels or else its header say; null where nobody does. */
export function patientsOf(films: readonly ScoredFile[], table: LabelTable | null): (string | null)[] {
  const rows = table === null ? [] : rowsOf(films, table);
  return films.map(({ facts }, place) => rows[place]?.patientId ?? aboutFilm(facts).patientId);
}

export type OtherFilms = {
  /** Places of the films of everybody else. */
  readonly places: readonly number[];
  /** As the table names them, or the films where it is silent. */
  readonly trained: readonly string[];
};

/** On films of patients whom one of the models was trained on it looks better than it is: they are left out, and named. */
export function leaveOutTrained(
  films: readonly ScoredFile[],
  table: LabelTable | null,
  cards: readonly ModelCard[],
): OtherFilms {
  const patients = patientsOf(films, table).map((patientId, line) => ({ line, patientId }));
  const trained = listedPatients(
    patients,
    cards.flatMap((card) => trainedOn(card.patients?.lists ?? [])),
  );
  const others = patients.filter(({ patientId }) => patientId === null || !trained.has(patientId));
  return { places: others.map(({ line }) => line), trained: [...trained] };
}

export function pairsAt({ first, second }: FilmPairs, { places }: OtherFilms): FilmPairs {
  return { first: places.map((place) => first[place]!), second: places.map((place) => second[place]!) };
}

/** '' where nobody is left out. */
export function describeLeftOut(trained: readonly string[]): string {
  if (trained.length === 0) return '';
  const whose = trained.length === 1 ? 'a patient who' : `${trained.length} patients who`;
  return `Left out are the films of ${whose} trained a model, by these numbers: ${nameSome(trained)}.`;
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
    return { line: place + 1, key: names.file, patientId, sex, ageYears, view, labels, uncertain: [] };
  });
  return { format: 'plain', joinBy: 'file', findings, rows, warnings: [] };
}
