/**
 * Who trains, who validates, who is kept apart: by hash, as the paper, or as lists of the user say. Whom the initial
 * weights have seen stays on the side where they saw them; a list that says otherwise is refused.
 */
import { basename } from 'node:path';
import type { ModelCard } from '#main/contract/card';
import { AppError } from '#main/contract/errors';
import { joinLabels, type FilmNames } from '#main/chexnet/dataset/joinLabels';
import { leakError, nameSome, type LabelRow } from '#main/chexnet/dataset/labelTable';
import { canonicalPatient, listedPatients, refuseListedPatients, trainedOn } from '#main/chexnet/dataset/patientList';
import {
  PAPER_PATIENTS,
  splitPatients,
  type PatientSplit,
  type SplitPart,
  type SplitPlan,
} from '#main/chexnet/dataset/splitPatients';
import type { Dataset } from '../dataset/openDataset';
import { inFile, readTableFile } from '../evaluation/readTableFile';

export type SplitRequest = {
  readonly seed: number;
  /**
   * `paper`: CheXNet's numbers of patients. A file: names of the test films, a line each, as NIH's `test_list.txt`; one
   * that is called `train…`, as NIH's `train_val_list.txt`, names those that are not for the test.
   */
  readonly split: string | null;
  /** A file with a patient id a line: exactly these validate. */
  readonly validationPatients: string | null;
};

export type DividedFilms = { readonly split: PatientSplit; /** Sentences. */ readonly warnings: readonly string[] };

/** Shares of patients where nobody says otherwise. */
const VALIDATION_SHARE = 0.1;
const TEST_SHARE = 0.1;

/** Throws what `splitPatients` throws, `label/leak` with the patients that are listed and may not be, `label/no-match`. */
export async function divideFilms(
  { rows, films, nearPairs }: Pick<Dataset, 'rows' | 'nearPairs'> & { readonly films: readonly FilmNames[] },
  { seed, split, validationPatients }: SplitRequest,
  initial: ModelCard | null,
): Promise<DividedFilms> {
  const lists = initial?.patients?.lists ?? [];
  const settled = settlePatients(rows, lists);
  if (split === 'paper' && validationPatients !== null) {
    throw new AppError('usage/invalid', 'Give either --split paper, which chooses who validates, or a list of them.');
  }
  if (validationPatients === null && (split === null || split === 'paper')) {
    const plan = split === null ? SHARES : PAPER;
    return {
      split: nameSettled(splitPatients(rows, { plan, seed, nearPairs, settled }), settled, initial),
      warnings: [],
    };
  }
  const test = split === null ? NOBODY : await listTest(split, films);
  const validation = validationPatients === null ? NOBODY : await listValidation(validationPatients, rows);
  refuseBoth(rows.filter((_row, place) => test.places.has(place) && validation.places.has(place)));
  refuseListedPatients(rowsOf(test), lists, 'the test');
  refuseListedPatients(rowsOf(validation), trainedOn(lists), 'the validation');
  // Where a list says who validates, all others train: those too who have validated the initial weights.
  const kept = validationPatients === null ? settled : new Map<string, SplitPart>();
  const plan: SplitPlan = {
    kind: 'listed',
    listed: rows.map((_row, place) =>
      test.places.has(place) ? 'test' : validation.places.has(place) ? 'validation' : null,
    ),
    validation: validationPatients === null ? VALIDATION_SHARE : 0,
  };
  const divided = splitPatients(rows, { plan, seed, nearPairs, settled: kept });
  return {
    split: nameSettled(divided, kept, initial),
    warnings: [...test.warnings, ...validation.warnings, ...describeAlike(divided)],
  };

  function rowsOf({ places }: Listed): LabelRow[] {
    return rows.filter((_row, place) => places.has(place));
  }
}

const SHARES: SplitPlan = { kind: 'shares', validation: VALIDATION_SHARE, test: TEST_SHARE };
const PAPER: SplitPlan = { kind: 'patients', validation: PAPER_PATIENTS.validation, test: PAPER_PATIENTS.test };

function settlePatients(rows: readonly LabelRow[], lists: Parameters<typeof trainedOn>[0]): Map<string, SplitPart> {
  const validated = listedPatients(
    rows,
    lists.filter(({ role }) => role === 'validated'),
  );
  const trained = listedPatients(rows, trainedOn(lists));
  const sides = new Map<string, SplitPart>([...validated].map((patientId) => [patientId, 'validation']));
  for (const patientId of trained) sides.set(patientId, 'training');
  return sides;
}

/** Who stays is a part of the rule. */
function nameSettled(
  split: PatientSplit,
  settled: ReadonlyMap<string, SplitPart>,
  initial: ModelCard | null,
): PatientSplit {
  if (settled.size === 0) return split;
  return { ...split, rule: `${split.rule} ${settled.size} patients stay on the side where ${initial!.id} saw them.` };
}

/** Places of rows that a list is about, and what of it is not here. */
type Listed = { readonly places: ReadonlySet<number>; readonly warnings: readonly string[] };

const NOBODY: Listed = { places: new Set(), warnings: [] };

async function listTest(file: string, films: readonly FilmNames[]): Promise<Listed> {
  const names = await readList(file);
  const joined = inFile(file, () => joinLabels({ joinBy: 'file', rows: names }, films));
  const missing = names.filter(({ line }) => joined.linesWithoutFilm.includes(line));
  const isForTraining = /^train/i.test(basename(file));
  const places = joined.rows.flatMap((row, place) => ((row === null) === isForTraining ? [place] : []));
  const told = `${basename(file)} names who trains and validates: ${places.length} films that are not in it are the test.`;
  return {
    places: new Set(places),
    warnings: [...(isForTraining ? [told] : []), ...describeMissing(file, names, missing, 'films')],
  };
}

async function listValidation(file: string, rows: readonly LabelRow[]): Promise<Listed> {
  const patients = await readList(file);
  const wanted = new Set(patients.map(({ key }) => canonicalPatient(key)));
  const places = rows.flatMap(({ patientId }, place) => {
    return patientId !== null && wanted.has(canonicalPatient(patientId)) ? [place] : [];
  });
  if (places.length === 0) throw new AppError('label/no-match', `No film here is of a patient in ${file}.`, { file });
  const found = new Set(places.map((place) => canonicalPatient(rows[place]!.patientId!)));
  const missing = patients.filter(({ key }) => !found.has(canonicalPatient(key)));
  return { places: new Set(places), warnings: describeMissing(file, patients, missing, 'patients') };
}

type ListLine = { readonly line: number; readonly key: string };

/** Names, one a line, each once. Throws `file/…`, `label/malformed` where there is none. */
async function readList(file: string): Promise<ListLine[]> {
  const lines = (await readTableFile(file)).split(/\r\n?|\n/);
  const byKey = new Map<string, ListLine>();
  for (const [index, text] of lines.entries()) {
    const key = text.trim();
    if (key !== '' && !byKey.has(key)) byKey.set(key, { line: index + 1, key });
  }
  if (byKey.size === 0) throw new AppError('label/malformed', `The list ${file} is empty.`, { file });
  return [...byKey.values()];
}

function describeMissing(file: string, all: readonly ListLine[], missing: readonly ListLine[], what: string): string[] {
  if (missing.length === 0) return [];
  const names = nameSome(missing.map(({ key }) => key));
  return [
    `${missing.length} of ${all.length} ${what} in ${basename(file)} are not among the films that are used: ${names}.`,
  ];
}

function refuseBoth(rows: readonly LabelRow[]): void {
  if (rows.length === 0) return;
  const patients = [...new Set(rows.flatMap(({ patientId }) => patientId ?? []))];
  const lines = rows.map(({ line }) => line);
  throw leakError('Patients are in the lists of the test and of the validation', patients, lines);
}

function describeAlike({ leftOut }: PatientSplit): string[] {
  if (leftOut.length === 0) return [];
  const films = leftOut.length === 1 ? '1 film is' : `${leftOut.length} films are`;
  const names = nameSome(leftOut.map(({ key, like }) => `${key} (like ${like})`));
  return [`${films} left out for looking like films of a given test or validation: ${names}.`];
}
