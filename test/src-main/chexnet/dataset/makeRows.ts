/** Rows of a table for tests: two films of each patient, lines from 2 on. */
import type { LabelRow } from '#main/chexnet/dataset/labelTable';

export function makeRow(line: number, patientId: string | null, labels: readonly number[] = [0]): LabelRow {
  return {
    ...{ line, key: `film${line}.png`, patientId, sex: null, ageYears: null, view: null },
    labels: Int8Array.from(labels),
    uncertain: [],
  };
}

export function makeRows(patients: number): LabelRow[] {
  return Array.from({ length: patients * 2 }, (_, index) => makeRow(index + 2, `P${Math.floor(index / 2)}`));
}
