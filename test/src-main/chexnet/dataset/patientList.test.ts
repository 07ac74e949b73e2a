import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { listedPatients, makePatientList, refuseListedPatients, trainedOn } from '#main/chexnet/dataset/patientList';
import { readLabelTable } from '#main/chexnet/dataset/readLabelTable';
import { ModelCardSchema } from '#main/contract/card';
import { ROOT } from '../../../../scripts/bundle.mjs';
import { problemOf } from '#test/helpers/labelFixture';
import { makeRow } from './makeRows';

const ABOUT = { model: 'site-a', role: 'trained', origin: 'Hospital A', salt: '0123456789abcdef'.repeat(2) } as const;

describe('makePatientList', () => {
  it('holds no number, knows its patients however they are written, and nobody else', () => {
    const list = makePatientList(ABOUT, ['831', '1063', 'ab-7', '00831']);
    expect(list.hashes.split(' ')).toHaveLength(3);
    expect(list.hashes).not.toMatch(/831|1063/);
    const rows = ['00000831', ' 1063', 'AB-7', '8310', '7'].map((patientId, index) => makeRow(index + 2, patientId));
    expect([...listedPatients(rows, [list])]).toEqual(['00000831', ' 1063', 'AB-7']);
  });

  it('gives other hashes with other salt', () => {
    const other = makePatientList({ ...ABOUT, salt: 'f'.repeat(32) }, ['831']);
    expect(other.hashes).not.toBe(makePatientList(ABOUT, ['831']).hashes);
  });
});

describe('refuseListedPatients', () => {
  const patients = Array.from({ length: 14 }, (_, index) => `P${index}`);
  const rows = patients.map((patientId, index) => makeRow(index + 2, patientId));

  it('names those of the model and those of its ancestors, each once, and of many the first', () => {
    const own = makePatientList(ABOUT, patients.slice(0, 2));
    const ancestor = makePatientList({ ...ABOUT, model: 'demo', origin: '', salt: 'f'.repeat(32) }, patients);
    expect(problemOf(() => refuseListedPatients(rows, [own, ancestor], 'these films')).message).toBe(
      '2 patients of these films trained the model site-a (Hospital A), 12 patients of these films trained the model ' +
        'demo: P0, P1, P2, P3, P4, P5, P6, P7, P8, P9 and 4 more (in lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 4 more).',
    );
  });
});

/** Of the films that the demonstration model was trained on (labels.csv of its data, without its validation patients). */
const FIVE_TRAINED = ['75', '100', '129', '211', '218'];

describe('the demonstration model’s patients', () => {
  const folder = join(ROOT, 'resources/models/demo');
  const card = v.parse(ModelCardSchema, JSON.parse(readFileSync(join(folder, 'card.json'), 'utf8')));
  const lists = card.patients?.lists ?? [];
  const validation = readFileSync(join(folder, 'validation-patients.txt'), 'utf8').trim().split(/\s+/);

  it('are 873 of the training and the 110 of the validation', () => {
    expect(lists.map(({ role, hashes }) => [role, hashes.split(' ').length])).toEqual([
      ['trained', 873],
      ['validated', 110],
    ]);
    const rows = validation.map((patientId, index) => makeRow(index + 2, patientId));
    expect(listedPatients(rows, lists.slice(1)).size).toBe(110);
    expect(listedPatients(rows, trainedOn(lists)).size).toBe(0);
  });

  it('stop a test table with five of the training, who are named', () => {
    const five = FIVE_TRAINED.map((patientId, index) => makeRow(10 + index, patientId));
    const rows = [...validation.map((patientId, index) => makeRow(100 + index, patientId)), ...five];
    expect(problemOf(() => refuseListedPatients(rows, trainedOn(lists), 'the test'))).toEqual({
      code: 'label/leak',
      message:
        '5 patients of the test trained the model demo (NIH ChestX-ray14): 75, 100, 129, 211 and 218 ' +
        '(in lines 10, 11, 12, 13 and 14).',
    });
  });

  const labels = join(ROOT, '../shared/data/nih-chestxray14/labels.csv');
  it.skipIf(!existsSync(labels))('are together all of the films it was made from', () => {
    const { rows } = readLabelTable(readFileSync(labels, 'utf8'));
    expect(listedPatients(rows, lists).size).toBe(983);
  });
});
