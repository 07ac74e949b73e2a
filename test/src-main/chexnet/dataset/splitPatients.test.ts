import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { checkSplit, rowsByPart } from '#main/chexnet/dataset/checkSplit';
import { comparePaper } from '#main/chexnet/dataset/comparePaper';
import { makePatientList } from '#main/chexnet/dataset/patientList';
import { readLabelTable } from '#main/chexnet/dataset/readLabelTable';
import { PAPER_PATIENTS, splitPatients, type SplitPlan } from '#main/chexnet/dataset/splitPatients';
import { ROOT } from '../../../../scripts/bundle.mjs';
import { problemOf } from '#test/helpers/labelFixture';
import { makeRow, makeRows } from './makeRows';

const SHARES = { kind: 'shares', validation: 0.2, test: 0.1 } as const;
const rows = makeRows(400);

describe('splitPatients', () => {
  it('puts every patient on one side, near the shares, the same for the same seed', () => {
    const split = splitPatients(rows, { plan: SHARES, seed: 7 });
    const { training, validation, test } = split.patients;
    expect(new Set([...training, ...validation, ...test]).size).toBe(400);
    expect(training.length + validation.length + test.length).toBe(400);
    // 400 draws with a share of 0.2 and 0.1: 5 standard deviations are 40 and 30.
    expect(Math.abs(validation.length - 80)).toBeLessThan(40);
    expect(Math.abs(test.length - 40)).toBeLessThan(30);
    expect(splitPatients(rows, { plan: SHARES, seed: 7 })).toEqual(split);
    expect(splitPatients(rows, { plan: SHARES, seed: 8 })).not.toEqual(split);
    checkSplit(rows, split, { nearPairs: [], lists: [] });
  });

  it('keeps the sides of all patients when others come', () => {
    const fewer = splitPatients(rows.slice(0, 300), { plan: SHARES, seed: 7 }).patients;
    const more = splitPatients(rows, { plan: SHARES, seed: 7 }).patients;
    expect(fewer.test.every((patient) => more.test.includes(patient))).toBe(true);
    expect(fewer.training.every((patient) => more.training.includes(patient))).toBe(true);
  });

  it('deals exact numbers of patients, whatever groups near-identical films make', () => {
    const nearPairs = [
      { one: 0, other: 2 },
      { one: 3, other: 4 },
      { one: 100, other: 700 },
    ];
    const split = splitPatients(rows, { plan: { kind: 'patients', validation: 31, test: 17 }, seed: 'a', nearPairs });
    expect([split.patients.validation.length, split.patients.test.length]).toEqual([31, 17]);
    expect(split.together).toEqual([
      ['P0', 'P1', 'P2'],
      ['P350', 'P50'],
    ]);
    checkSplit(rows, split, { nearPairs, lists: [] });
  });

  const listed = (test: readonly string[], validation: readonly string[] = []): SplitPlan => ({
    kind: 'listed',
    listed: rows.map(({ patientId }) => {
      return test.includes(patientId ?? '') ? 'test' : validation.includes(patientId ?? '') ? 'validation' : null;
    }),
    validation: validation.length === 0 ? 0.2 : 0,
  });

  it('keeps sides that are given, and leaves out what looks like one of their films', () => {
    const nearPairs = [
      { one: 6, other: 40 },
      { one: 10, other: 42 },
      { one: 6, other: 11 },
    ];
    const split = splitPatients(rows, { plan: listed(['P3', 'P4'], ['P5']), seed: 1, nearPairs });
    expect([split.patients.test, split.patients.validation]).toEqual([['P3', 'P4'], ['P5']]);
    expect([split.rule, split.together]).toEqual(['By patient: test and validation by list, all others train.', []]);
    expect(split.leftOut).toEqual([
      { key: 'film13.png', like: 'film8.png' },
      { key: 'film42.png', like: 'film8.png' },
      { key: 'film44.png', like: 'film12.png' },
    ]);
    expect(rowsByPart(rows, split).test).toEqual([6, 7, 8, 9]);
    expect(Object.values(rowsByPart(rows, split)).flat()).toHaveLength(797);
    checkSplit(rows, split, { nearPairs, lists: [] });
  });

  it('leaves out what looks like a given film by way of a third one', () => {
    // As copies are found: each is paired with the first one only.
    const nearPairs = [
      { one: 0, other: 6 },
      { one: 0, other: 40 },
    ];
    const split = splitPatients(rows, { plan: listed(['P3', 'P4']), seed: 1, nearPairs });
    expect(split.leftOut.map(({ key }) => key)).toEqual(['film2.png', 'film42.png']);
    const careless = { ...split, leftOut: split.leftOut.slice(0, 1) };
    expect(problemOf(() => checkSplit(rows, careless, { nearPairs, lists: [] })).message).toBe(
      'Near-identical films are on two sides: film8.png and film42.png (in lines 8 and 42).',
    );
  });

  it('names patients with films in a list and others that are not', () => {
    const one = rows.map(({ key }) => (key === 'film2.png' ? ('test' as const) : null));
    expect(
      problemOf(() => splitPatients(rows, { plan: { kind: 'listed', listed: one, validation: 0 }, seed: 1 })),
    ).toEqual({
      code: 'label/leak',
      message: 'Patients have films in a list of one side and others that are not in it: P0 (in lines 2 and 3).',
    });
  });

  it('leaves settled patients where they are, and draws what looks like them to their side', () => {
    const settled = new Map([
      ['P0', 'training'],
      ['P1', 'validation'],
    ] as const);
    const nearPairs = Array.from({ length: 20 }, (_, index) => ({ one: 0, other: 40 + index * 2 }));
    const split = splitPatients(rows, { plan: SHARES, seed: 3, settled, nearPairs });
    expect(split.patients.training).toEqual(expect.arrayContaining(['P0', 'P20', 'P39']));
    expect(split.patients.validation).toContain('P1');
  });

  it.each([
    ['rows of nobody', [makeRow(2, 'P1'), makeRow(3, null), makeRow(4, null)], 'label/no-patient', /lines 3 and 4/],
    ['too few patients', makeRows(5), 'label/too-few', /not 31 patients/],
  ])('refuses %s', (_what, some, code, message) => {
    const plan = { kind: 'patients', validation: 31, test: 0 } as const;
    const problem = problemOf(() => splitPatients(some, { plan, seed: 1 }));
    expect([problem.code, problem.message]).toEqual([code, expect.stringMatching(message)]);
  });

  it('refuses to leave nobody for the training', () => {
    const plan = { kind: 'shares', validation: 0.5, test: 0.5 } as const;
    expect(problemOf(() => splitPatients(makeRows(3), { plan, seed: 1 })).code).toBe('label/too-few');
  });

  const whole = join(ROOT, '../shared/data/nih-chestxray14/Data_Entry_2017_v2020.csv.gz');
  it.skipIf(!existsSync(whole))('divides NIH’s patients into the paper’s numbers', () => {
    const table = readLabelTable(gunzipSync(readFileSync(whole)).toString());
    const { validation, test } = PAPER_PATIENTS;
    const split = splitPatients(table.rows, { plan: { kind: 'patients', validation, test }, seed: 'paper' });
    const places = rowsByPart(table.rows, split);
    expect(Object.values(places).flat()).toHaveLength(112_120);
    expect(comparePaper(split, places)).toMatch(/^Films .*the paper gives 98637 \/ 6351 \/ 420 .* 105408 of/);
  });

  it('names no paper where the numbers of patients are others', () => {
    const split = splitPatients(rows, { plan: SHARES, seed: 1 });
    expect(comparePaper(split, rowsByPart(rows, split))).toBe('');
  });
});

describe('checkSplit', () => {
  const split = splitPatients(rows, { plan: SHARES, seed: 7 });
  const [testPatient = ''] = split.patients.test;
  const [trainingPatient = ''] = split.patients.training;
  const lists = [makePatientList({ model: 'demo', role: 'trained', origin: '', salt: '0'.repeat(32) }, [testPatient])];
  const linesOf = (patientId: string): number[] =>
    rows.filter((row) => row.patientId === patientId).map(({ line }) => line);

  it('refuses a patient on two sides', () => {
    const both = { ...split, patients: { ...split.patients, training: [...split.patients.training, testPatient] } };
    const [one, other] = linesOf(testPatient);
    expect(problemOf(() => checkSplit(rows, both, { nearPairs: [], lists: [] }))).toEqual({
      code: 'label/leak',
      message: `Patients are on two sides: ${testPatient} (in lines ${one} and ${other}).`,
    });
  });

  it('refuses near-identical films on two sides', () => {
    const one = rows.findIndex(({ patientId }) => patientId === testPatient);
    const other = rows.findIndex(({ patientId }) => patientId === trainingPatient);
    const problem = problemOf(() => checkSplit(rows, split, { nearPairs: [{ one, other }], lists: [] }));
    expect(problem.message).toMatch(/^Near-identical films are on two sides/);
  });

  it('refuses a test patient whom the initial weights were trained on', () => {
    const [one, other] = linesOf(testPatient);
    expect(problemOf(() => checkSplit(rows, split, { nearPairs: [], lists })).message).toBe(
      `One patient of the test trained the model demo: ${testPatient} (in lines ${one} and ${other}).`,
    );
  });
});
