/**
 * Films sorted once by each finding, from the most to the least likely. Every figure, every resampling and every part
 * of the films (a half of the patients, a subgroup) then is one pass.
 */
import { binOf } from './calibrationBins';
import { normalFilms, type ScoredFilms } from './scoredFilms';

/** The films of one finding whose label and score are known. Arrays are parallel, scores fall. */
export type RankedSample = {
  readonly scores: Float64Array;
  /** 1 and 0. */
  readonly labels: Uint8Array;
  /** Numbers of patients, below `patientCount`. */
  readonly patients: Int32Array;
  /** Places in the set, below `filmCount`. */
  readonly films: Int32Array;
  /** 0 inside a group of equal scores, at its end 1 + the calibration bin that it lies in. */
  readonly groupEnds: Uint8Array;
  readonly positives: number;
  readonly patientCount: number;
  readonly filmCount: number;
};

/** A set, or a part of it, ranked by every finding. */
export type RankedFilms = {
  readonly set: ScoredFilms;
  /** Places in the set, rising. */
  readonly films: Int32Array;
  /** Of them, those without any finding. */
  readonly normals: Int32Array;
  /** Parallel to the set's findings. */
  readonly samples: readonly RankedSample[];
};

export function rankFilms(set: ScoredFilms): RankedFilms {
  const filmCount = set.films.length;
  const films = new Int32Array(filmCount);
  for (let film = 0; film < filmCount; film++) films[film] = film;
  const normal = normalFilms(set);
  const columns = { patients: set.patients, patientCount: set.patientCount };
  const samples = set.findings.map((_, index) =>
    rankScores({ ...columns, scores: set.probabilities[index]!, labels: set.labels[index]! }),
  );
  return { set, films, normals: films.filter((film) => normal[film] === 1), samples };
}

/** Only the films for which `keep` [n] is not 0. */
export function partOf({ set, films, normals, samples }: RankedFilms, keep: Uint8Array): RankedFilms {
  const isKept = (film: number): boolean => keep[film] !== 0;
  return {
    set,
    films: films.filter(isKept),
    normals: normals.filter(isKept),
    samples: samples.map((sample) => keepFilms(sample, keep)),
  };
}

export function keepFilms(sample: RankedSample, keep: Uint8Array): RankedSample {
  const { films, scores, labels } = sample;
  const places = new Int32Array(films.length);
  let count = 0;
  for (let place = 0; place < films.length; place++) if (keep[films[place]!] !== 0) places[count++] = place;
  return pick(places.subarray(0, count), scores, labels, sample.patients, films, sample);
}

/** `labels` other than 1 and 0, and scores that are NaN, leave their film out. */
export function rankScores(columns: {
  readonly scores: Float64Array;
  readonly labels: ArrayLike<number>;
  readonly patients: Int32Array;
  readonly patientCount: number;
}): RankedSample {
  const { scores, labels, patients, patientCount } = columns;
  const filmCount = scores.length;
  const places = new Int32Array(filmCount);
  const films = new Int32Array(filmCount);
  let count = 0;
  for (let film = 0; film < filmCount; film++) {
    films[film] = film;
    const isKnown = labels[film] === 0 || labels[film] === 1;
    if (isKnown && !Number.isNaN(scores[film])) places[count++] = film;
  }
  const order = places.subarray(0, count).sort((a, b) => scores[b]! - scores[a]! || a - b);
  return pick(order, scores, labels, patients, films, { patientCount, filmCount });
}

function pick(
  places: Int32Array,
  scores: Float64Array,
  labels: ArrayLike<number>,
  patients: Int32Array,
  films: Int32Array,
  { patientCount, filmCount }: { readonly patientCount: number; readonly filmCount: number },
): RankedSample {
  const count = places.length;
  const picked = {
    scores: new Float64Array(count),
    labels: new Uint8Array(count),
    patients: new Int32Array(count),
    films: new Int32Array(count),
    groupEnds: new Uint8Array(count),
  };
  let positives = 0;
  for (let index = 0; index < count; index++) {
    const place = places[index]!;
    const label = labels[place]!;
    const score = scores[place]!;
    positives += label;
    picked.scores[index] = score;
    picked.labels[index] = label;
    picked.patients[index] = patients[place]!;
    picked.films[index] = films[place]!;
    const isLast = index === count - 1 || scores[places[index + 1]!] !== score;
    picked.groupEnds[index] = isLast ? 1 + binOf(score) : 0;
  }
  return { ...picked, positives, patientCount, filmCount };
}

/** Why an AUROC, and all that needs both classes, is not defined; null where it is. */
export function whyUndefined({ labels, positives }: RankedSample): string | null {
  if (labels.length === 0) return 'no film with a label and a probability';
  if (positives === 0) return 'no positive film';
  return positives === labels.length ? 'no negative film' : null;
}

export function countPatients(patients: Int32Array, films: Int32Array): number {
  const found = new Set<number>();
  for (const film of films) found.add(patients[film]!);
  return found.size;
}
