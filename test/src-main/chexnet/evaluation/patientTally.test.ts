import { describe, expect, it } from 'vitest';
import { sumTally, tallyByPatient } from '#main/chexnet/evaluation/patientTally';

describe('counts by patient', () => {
  const patients = Int32Array.of(2, 0, 2, 3, 0);
  const values = [1, 2, 4, 8, 16];
  // Film 3 is not counted, and with it not its patient; column 1 stays 0.
  const tally = tallyByPatient([0, 1, 2, 4], patients, 3, (film, row) => {
    row[0]! += values[film]!;
    row[2]! += 1;
  });

  it('are the sums over the films', () => {
    expect([...sumTally(tally, null)]).toEqual([23, 0, 4]);
    expect([...tally.patients].sort()).toEqual([0, 2]);
  });

  it('count each patient as often as drawn', () => {
    expect([...sumTally(tally, Float64Array.of(2, 9, 0, 5))]).toEqual([36, 0, 4]);
    expect([...sumTally(tally, new Float64Array(4))]).toEqual([0, 0, 0]);
  });
});
