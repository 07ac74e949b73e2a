/**
 * Films with what a model said of them and what is known of them: the one input of every evaluation. Patients are
 * numbered, because films of one patient are not independent and are drawn, split and counted together.
 */
import { CUTOFF_VIEWS, type CutoffView } from '#main/contract/cutoffs';
import type { FilmOriginal } from '#main/contract/evaluation';
import type { KnownPatients } from '#main/contract/knownPatients';

export type ScoredFilm = {
  /** As the tables name it: a file name, an instance UID … */
  readonly key: string;
  readonly sex: 'M' | 'F' | null;
  readonly ageYears: number | null;
  /** `PA`, `AP`, else as table or header say; null where they do not. */
  readonly view: string | null;
  /** ISO date or date and time; null where none is known. */
  readonly takenAt: string | null;
  /** Null where nobody has the film, only its probabilities. */
  readonly original: FilmOriginal | null;
};

export type ScoredFilms = {
  readonly findings: readonly string[];
  /** [n] */
  readonly films: readonly ScoredFilm[];
  /** [n]: number of the film's patient, 0 … patientCount − 1. A film without a patient is a patient of its own. */
  readonly patients: Int32Array;
  readonly patientCount: number;
  /** What of `patientCount` somebody has said. */
  readonly known: KnownPatients;
  /** [patientCount], to split by; never shown. */
  readonly patientIds: readonly string[];
  /** Per finding [n], 0 … 1; NaN where the model gave none. */
  readonly probabilities: readonly Float64Array[];
  /** Per finding [n]: 1, 0, −1 = unknown. */
  readonly labels: readonly Int8Array[];
};

/**
 * Films on which every finding is known to be absent, as 1. In ChestX-ray14 that is "No Finding"; where a label is
 * unknown nobody can say so, and the film does not count.
 */
export function normalFilms(set: ScoredFilms): Uint8Array {
  const normal = new Uint8Array(set.films.length).fill(1);
  for (const column of set.labels) {
    for (let film = 0; film < column.length; film++) if (column[film] !== 0) normal[film] = 0;
  }
  return normal;
}

/** As far as labels or headers name them; null where they name none. */
export function knownPatientsOf({ patients, patientIds }: ScoredFilms, films: Int32Array): number | null {
  const known = new Set([...films].map((film) => patients[film]!).filter((one) => !isNobody(patientIds[one] ?? '')));
  return known.size === 0 && films.length > 0 ? null : known.size;
}

const NOBODY = 'film ';

/** A film without a patient is a patient of its own, with this id. */
export function nobodysId(key: string): string {
  return `${NOBODY}${key}`;
}

function isNobody(patientId: string): boolean {
  return patientId.startsWith(NOBODY);
}

/** [n]: null where the view is neither AP nor PA, or not known. */
export function frontalViews({ films }: Pick<ScoredFilms, 'films'>): (CutoffView | null)[] {
  return films.map(({ view }) => CUTOFF_VIEWS.find((name) => name === view) ?? null);
}
