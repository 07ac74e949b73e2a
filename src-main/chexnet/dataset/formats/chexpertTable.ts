/**
 * CheXpert's train.csv and valid.csv (Irvin et al., AAAI 2019): the patient stands in the path
 * (`…/patient00001/study1/view1_frontal.jpg`); 1, 0, -1 uncertain; blank is "not mentioned", taken as absent, as the
 * paper does. `No Finding` is no finding of its own.
 */
import { findingName } from '../findingNames';
import type { LabelRow } from '../labelTable';
import { createCellReader, findColumn, hasColumn, readAge, readSex, readView } from '../readCell';
import type { CsvTable } from '../readCsv';
import { createLabelReader, refuseKeyless, type TableReader } from './tableReader';

/** CheXpert's and MIMIC-CXR's observations in CheXpert's order, without `No Finding`. */
const OBSERVATIONS = [
  'Enlarged Cardiomediastinum',
  'Cardiomegaly',
  'Lung Opacity',
  'Lung Lesion',
  'Edema',
  'Consolidation',
  'Pneumonia',
  'Atelectasis',
  'Pneumothorax',
  'Pleural Effusion',
  'Pleural Other',
  'Fracture',
  'Support Devices',
] as const;

/** The columns of a CheXpert-labelled table that are there, under our names. */
export function observationColumns(table: CsvTable): { name: string; index: number }[] {
  return OBSERVATIONS.flatMap((observation) => {
    const index = findColumn(table, observation);
    return index === undefined ? [] : [{ name: findingName(observation), index }];
  });
}

const PATIENT = /(?:^|[\\/])(patient\d+)(?:[\\/]|$)/i;

export const chexpertTable: TableReader = {
  format: 'chexpert',
  recognises: (table) => ['path', 'no finding', 'lung opacity'].every((name) => hasColumn(table, name)),
  read: (table, { uncertain }, warnings) => {
    const columns = observationColumns(table);
    const labels = createLabelReader(table, columns, { uncertain, blank: 0 });
    const path = createCellReader(table, 'path');
    const side = createCellReader(table, 'frontal/lateral');
    const projection = createCellReader(table, 'ap/pa');
    const sex = createCellReader(table, 'sex');
    const age = createCellReader(table, 'age');
    const rows = table.rows.map((row): LabelRow => {
      const { line } = row;
      const key = path(row).trim();
      const patientId = PATIENT.exec(key)?.[1] ?? null;
      if (patientId === null) warnings.note('patient-missing', line);
      return {
        ...{ line, key, patientId },
        sex: readSex(sex(row), line, warnings),
        ageYears: readAge(age(row), line, warnings),
        view: readView(side(row)) === 'LATERAL' ? 'LATERAL' : readView(projection(row)),
        ...labels.read(row),
      };
    });
    labels.finish();
    refuseKeyless(rows, 'path');
    return { joinBy: 'file', findings: columns.map(({ name }) => name), rows };
  },
};
