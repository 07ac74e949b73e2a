/** Counts by patient: figures that are ratios of sums are drawn without looking at a film again. */

/** Most counts are 0: only the others are kept, row by row. A row for each patient who has a film. */
export type PatientTally = {
  /** [rows] */
  readonly patients: Int32Array;
  /** [rows + 1]: where a row begins and ends in `columns` and `counts`. */
  readonly starts: Uint32Array;
  readonly columns: Uint16Array;
  readonly counts: Float64Array;
  readonly width: number;
};

/** `note` adds what a film counts to its patient's row, [width]. `patients` [n] by film. */
export function tallyByPatient(
  films: Iterable<number>,
  patients: Int32Array,
  width: number,
  note: (film: number, row: Float64Array) => void,
): PatientTally {
  const byPatient = new Map<number, number[]>();
  for (const film of films) {
    const known = byPatient.get(patients[film]!);
    if (known === undefined) byPatient.set(patients[film]!, [film]);
    else known.push(film);
  }
  const starts = [0];
  const columns: number[] = [];
  const counts: number[] = [];
  const row = new Float64Array(width);
  for (const own of byPatient.values()) {
    row.fill(0);
    for (const film of own) note(film, row);
    for (let column = 0; column < width; column++) {
      if (row[column] === 0) continue;
      columns.push(column);
      counts.push(row[column]!);
    }
    starts.push(columns.length);
  }
  return {
    patients: Int32Array.from(byPatient.keys()),
    starts: Uint32Array.from(starts),
    columns: Uint16Array.from(columns),
    counts: Float64Array.from(counts),
    width,
  };
}

/** Patients in whose row, [width], `count` finds more than none. */
export function countPatientsWith(
  { patients, starts, columns, counts, width }: PatientTally,
  count: (row: Float64Array) => number,
): number {
  const row = new Float64Array(width);
  let found = 0;
  for (let patient = 0; patient < patients.length; patient++) {
    row.fill(0);
    const end = starts[patient + 1]!;
    for (let place = starts[patient]!; place < end; place++) row[columns[place]!] = counts[place]!;
    if (count(row) > 0) found++;
  }
  return found;
}

/** [width]: each patient as often as drawn; null counts every one once. */
export function sumTally(
  { patients, starts, columns, counts, width }: PatientTally,
  weights: Float64Array | null,
): Float64Array {
  const sums = new Float64Array(width);
  for (let row = 0; row < patients.length; row++) {
    const weight = weights === null ? 1 : weights[patients[row]!]!;
    if (weight === 0) continue;
    const end = starts[row + 1]!;
    for (let place = starts[row]!; place < end; place++) sums[columns[place]!]! += weight * counts[place]!;
  }
  return sums;
}
