import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readLabelTable } from '#main/chexnet/dataset/readLabelTable';
import { readPredictionTable } from '#main/chexnet/dataset/readPredictionTable';
import { toErrorBody } from '#main/contract/errors';

const NAMES = [
  'file',
  'Path',
  'SOPInstanceUID',
  'patient_id',
  'Sex',
  'AGE',
  'Finding Labels',
  'Labels',
  'ImageID',
  'study_id',
];
const COLUMNS = [
  ...NAMES,
  'subject_id',
  'Mass',
  'prob_Mass',
  'Pleural Effusion',
  'No Finding',
  'Lung Opacity',
  'Pneumothorax',
];
const CELLS = [
  '',
  '0',
  '1',
  '-1',
  '0,5',
  '35 %',
  '%',
  'NaN',
  'a.png',
  'p/a.png',
  '"a\n%"',
  '"',
  '""',
  'Mass|Nodule',
  'M',
  '050Y',
  '\0',
  "['normal']",
];

const cell = fc.oneof(fc.constantFrom(...CELLS), fc.string({ unit: 'binary', maxLength: 6 }));
const table = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...COLUMNS), { minLength: 1, maxLength: 6 }),
    fc.array(fc.array(cell, { maxLength: 7 }), { maxLength: 6 }),
    fc.constantFrom(',', ';', '\t'),
    fc.constantFrom('\n', '\r\n', '\r'),
  )
  .map(([header, rows, separator, end]) => [header, ...rows].map((cells) => cells.join(separator)).join(end));

it('is a table or ends in a code of tables, whatever the text', () => {
  for (const read of [readLabelTable, readPredictionTable]) {
    fc.assert(
      fc.property(table, (text) => {
        try {
          read(text);
        } catch (error) {
          expect(toErrorBody(error).code).toMatch(/^label\//);
        }
      }),
      { numRuns: 3000, seed: 1 },
    );
  }
});
