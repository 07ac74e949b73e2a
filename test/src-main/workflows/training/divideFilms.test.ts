import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ModelCard, PatientList } from '#main/contract/card';
import { toErrorBody } from '#main/contract/errors';
import { rowsByPart } from '#main/chexnet/dataset/checkSplit';
import { makePatientList } from '#main/chexnet/dataset/patientList';
import { divideFilms, type SplitRequest } from '#main/workflows/training/divideFilms';
import { makeRows } from '#test/src-main/chexnet/dataset/makeRows';

/** Two films of each of ten patients, as a folder holds them. */
const rows = makeRows(10).map((row) => ({ ...row, key: `films/${row.key}` }));
const films = rows.map(({ key }) => ({ file: key, instanceUid: '', studyUid: '', accessionNumber: '' }));

async function listOf(name: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hilum-lists-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

function seenBy(role: PatientList['role'], ...patients: string[]): ModelCard {
  const list = makePatientList({ model: 'demo', role, origin: 'NIH', salt: '0'.repeat(32) }, patients);
  return { id: 'demo', patients: { lists: [list] } } as unknown as ModelCard;
}

type Case = Partial<SplitRequest> & {
  readonly initial?: ModelCard;
  readonly nearPairs?: { one: number; other: number }[];
};

async function divide({ initial, nearPairs = [], ...request }: Case) {
  const { split, warnings } = await divideFilms(
    { rows, films, nearPairs },
    { seed: 1, split: null, validationPatients: null, ...request },
    initial ?? null,
  );
  return { ...split.patients, rule: split.rule, warnings, places: rowsByPart(rows, split) };
}

async function problemOf(request: Case) {
  const { code, message } = toErrorBody(await divide(request).catch((error: unknown) => error));
  return { code, message: message.replace(/^\/\S*\//, '') };
}

describe('divideFilms', () => {
  it('keeps the films of NIH’s test_list.txt apart, and tells which of them are not here', async () => {
    const split = await listOf(
      'test_list.txt',
      'film2.png\r\nfilm3.png\r\n\r\nfilm4.png\r\nfilm5.png\r\n00000013_005.png',
    );
    const { test, places, rule, warnings } = await divide({ split });
    expect([test, places.test]).toEqual([
      ['P0', 'P1'],
      [0, 1, 2, 3],
    ]);
    expect(rule).toBe('By patient: test by list, of all others 10 % validate, by hash.');
    expect(warnings).toEqual([
      '1 of 5 films in test_list.txt are not among the films that are used: 00000013_005.png.',
    ]);
  });

  it('takes NIH’s train_val_list.txt for what it is: all other films are the test', async () => {
    const names = rows.slice(4).map(({ key }) => key.replace('films/', ''));
    const { test, warnings } = await divide({ split: await listOf('train_val_list.txt', names.join('\n')) });
    expect(test).toEqual(['P0', 'P1']);
    expect(warnings).toEqual([
      'train_val_list.txt names who trains and validates: 4 films that are not in it are the test.',
    ]);
  });

  it('obeys a list of the test and one of the validation at once', async () => {
    const split = await listOf('ours.txt', 'C:\\films\\film2.png\nC:\\films\\film3.png\n');
    const validationPatients = await listOf('validation.txt', 'p3\nP4\nP99\n');
    const { training, validation, test, warnings } = await divide({ split, validationPatients });
    expect([test, validation, training.length]).toEqual([['P0'], ['P3', 'P4'], 7]);
    expect(warnings).toEqual(['1 of 3 patients in validation.txt are not among the films that are used: P99.']);
  });

  it('keeps a given validation where it is, and names what is left out because it looks like one of its films', async () => {
    const validationPatients = await listOf('validation.txt', 'P3\n');
    const { validation, places, warnings } = await divide({ validationPatients, nearPairs: [{ one: 0, other: 6 }] });
    expect([validation, places.validation, places.training.includes(0)]).toEqual([['P3'], [6, 7], false]);
    expect(warnings).toEqual([
      '1 film is left out for looking like films of a given test or validation: ' +
        'films/film2.png (like films/film8.png).',
    ]);
  });

  it('names patients of a given test or validation whom the initial weights have seen', async () => {
    const split = await listOf('test_list.txt', 'film2.png\nfilm3.png\nfilm4.png\nfilm5.png\n');
    const validationPatients = await listOf('validation.txt', 'P3\n');
    expect(await problemOf({ split, initial: seenBy('trained', 'P0', 'P1', 'P5') })).toEqual({
      code: 'label/leak',
      message: '2 patients of the test trained the model demo (NIH): P0 and P1 (in lines 2, 3, 4 and 5).',
    });
    expect(await problemOf({ split, initial: seenBy('validated', 'P1') })).toEqual({
      code: 'label/leak',
      message: 'One patient of the test chose the weights of the model demo (NIH): P1 (in lines 4 and 5).',
    });
    expect(await problemOf({ validationPatients, initial: seenBy('trained', 'P3') })).toEqual({
      code: 'label/leak',
      message: 'One patient of the validation trained the model demo (NIH): P3 (in lines 8 and 9).',
    });
    // Who has validated before may do so again.
    expect((await divide({ validationPatients, initial: seenBy('validated', 'P3') })).validation).toEqual(['P3']);
  });

  it('names patients with films on both sides of a list, or in both lists', async () => {
    const split = await listOf('test_list.txt', 'film2.png\nfilm4.png\nfilm5.png\n');
    expect(await problemOf({ split })).toEqual({
      code: 'label/leak',
      message: 'Patients have films in a list of one side and others that are not in it: P0 (in lines 2 and 3).',
    });
    const whole = await listOf('test_list.txt', 'film4.png\nfilm5.png\n');
    expect(await problemOf({ split: whole, validationPatients: await listOf('validation.txt', 'P1\n') })).toEqual({
      code: 'label/leak',
      message: 'Patients are in the lists of the test and of the validation: P1 (in lines 4 and 5).',
    });
  });

  it.each([
    ['test_list.txt', 'a.png\n', /^test_list\.txt: No film has a row/],
    ['test_list.txt', '\n\n', /is empty/],
  ])('refuses a list %s of %j', async (name, text, message) => {
    expect((await problemOf({ split: await listOf(name, text) })).message).toMatch(message);
  });

  it('refuses a list of patients of whom nobody is here, and one beside the split of the paper', async () => {
    const validationPatients = await listOf('validation.txt', 'P99\n');
    expect((await problemOf({ validationPatients })).code).toBe('label/no-match');
    expect((await problemOf({ split: 'paper', validationPatients })).code).toBe('usage/invalid');
  });
});
