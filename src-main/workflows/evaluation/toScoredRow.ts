/** A judged film as a row of a table of predictions, with what its own header says of it. */
import type { FilmFacts } from '#main/contract/film';
import { filmKey } from '#main/chexnet/dataset/joinLabels';
import type { JoinBy } from '#main/chexnet/dataset/labelTable';
import type { FilmAbout, ScoredRow } from '#main/chexnet/evaluation/joinScores';
import type { ScoredFile } from './judgeFilms';

/** `line` counts from 1. */
export function toScoredRow({ names, facts, probabilities }: ScoredFile, line: number, joinBy: JoinBy): ScoredRow {
  const key = filmKey(names, joinBy);
  return { line, key, probabilities: Float64Array.from(probabilities), about: aboutFilm(facts) };
}

export function aboutFilm({ patientSex, patientId, patientAgeYears, view, studyDateTime }: FilmFacts): FilmAbout {
  return {
    patientId: patientId || null,
    sex: patientSex === 'M' || patientSex === 'F' ? patientSex : null,
    ageYears: patientAgeYears,
    view: view || null,
    takenAt: studyDateTime || null,
  };
}
