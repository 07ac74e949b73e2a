/**
 * Films with what a model said of them and what is known of them: the one input of every evaluation. Patients are
 * numbered, because films of one patient are not independent and are drawn, split and counted together.
 */
export type ScoredFilm = {
  /** As the tables name it: a file name, an instance UID … */
  readonly key: string;
  readonly sex: 'M' | 'F' | null;
  readonly ageYears: number | null;
  /** `PA`, `AP` … as the table says; null where it does not. */
  readonly view: string | null;
  /** ISO date or date and time; null where none is known. */
  readonly takenAt: string | null;
};

export type ScoredFilms = {
  readonly findings: readonly string[];
  /** [n] */
  readonly films: readonly ScoredFilm[];
  /** [n]: number of the film's patient, 0 … patientCount − 1. A film without a patient is a patient of its own. */
  readonly patients: Int32Array;
  readonly patientCount: number;
  /** [patientCount], to split by; never shown. */
  readonly patientIds: readonly string[];
  /** Per finding [n], 0 … 1; NaN where the model gave none. */
  readonly probabilities: readonly Float64Array[];
  /** Per finding [n]: 1, 0, −1 = unknown. */
  readonly labels: readonly Int8Array[];
};

/** One finding's films with known label and probability, in the order of the films. */
export type FindingSample = {
  /** [n], larger = more likely. */
  readonly scores: Float64Array;
  /** [n], 1 and 0. */
  readonly labels: Uint8Array;
  /** [n], numbers of patients. */
  readonly patients: Int32Array;
  readonly patientCount: number;
  /** [n], places in `ScoredFilms.films`. */
  readonly films: Int32Array;
  readonly positives: number;
};

/** Keeps the numbers of the patients, so that samples of one set can be drawn together. */
export function findingSample(set: ScoredFilms, finding: number): FindingSample {
  const labels = set.labels[finding]!;
  const probabilities = set.probabilities[finding]!;
  const films = Int32Array.from(set.films.keys()).filter(
    (film) => labels[film] !== -1 && !Number.isNaN(probabilities[film]),
  );
  return sampleOf({
    scores: Float64Array.from(films, (film) => probabilities[film]!),
    labels: Uint8Array.from(films, (film) => labels[film]!),
    patients: films.map((film) => set.patients[film]!),
    patientCount: set.patientCount,
    films,
  });
}

export function sampleOf(sample: Omit<FindingSample, 'positives'>): FindingSample {
  return { ...sample, positives: sample.labels.reduce((sum, label) => sum + label, 0) };
}

/** Why an AUROC, and all that needs both classes, is not defined; null where it is. */
export function whyUndefined({ labels, positives }: Pick<FindingSample, 'labels' | 'positives'>): string | null {
  if (labels.length === 0) return 'no film with a label and a probability';
  if (positives === 0) return 'no positive film';
  return positives === labels.length ? 'no negative film' : null;
}

/** The same patients' numbers, fewer films. */
export function selectFilms(set: ScoredFilms, keep: (film: number) => boolean): ScoredFilms {
  const kept = Int32Array.from(set.films.keys()).filter(keep);
  return {
    ...set,
    films: Array.from(kept, (film) => set.films[film]!),
    patients: kept.map((film) => set.patients[film]!),
    probabilities: set.probabilities.map((column) => Float64Array.from(kept, (film) => column[film]!)),
    labels: set.labels.map((column) => Int8Array.from(kept, (film) => column[film]!)),
  };
}

export function countPatients(patients: Int32Array): number {
  return new Set(patients).size;
}

/**
 * A film on which every finding is known to be absent. In ChestX-ray14 that is "No Finding"; with unknown labels
 * nobody can say so, and the film is not counted.
 */
export function isNormal(set: ScoredFilms, film: number): boolean {
  return set.labels.every((column) => column[film] === 0);
}
