/** A judged film as a row of a table of predictions, with what its own header says of it. */
import type { FilmFacts } from '#main/contract/film';
import { filmKey } from '#main/chexnet/dataset/joinLabels';
import type { JoinBy } from '#main/chexnet/dataset/labelTable';
import type { FilmAbout, ScoredRow } from '#main/chexnet/evaluation/joinScores';
import type { ScoredFile } from './judgeFilms';

/** `line` counts from 1. A key that is a folder is made of the film's path when scores and labels are joined. */
export function toScoredRow(film: ScoredFile, line: number, joinBy: JoinBy): ScoredRow {
  const { source, contentSha256, names, facts, probabilities } = film;
  const about = { ...aboutFilm(facts), original: { ...source, contentSha256 } };
  return {
    line,
    key: filmKey(names, joinBy === 'folder' ? 'file' : joinBy),
    probabilities: Float64Array.from(probabilities),
    about,
  };
}

export function aboutFilm(facts: FilmFacts): Omit<FilmAbout, 'original'> {
  const { patientSex, patientId, patientAgeYears, view, studyDateTime } = facts;
  return {
    patientId: patientId || null,
    sex: patientSex === 'M' || patientSex === 'F' ? patientSex : null,
    ageYears: patientAgeYears,
    view: view || null,
    takenAt: studyDateTime || null,
  };
}
