/**
 * Films divided into training, validation and test, always by patient: every film of a patient, and of every other
 * patient with a near-identical film, is on one side. Who goes where follows from a hash of seed and patient id alone,
 * so that a data set which grows keeps its test patients.
 */
import { AppError } from '#main/contract/errors';
import { labelError, type LabelRow } from './labelTable';
import type { NearPair } from './nearIdentical';
import { sha256 } from './sha256';

export const SPLIT_PARTS = ['training', 'validation', 'test'] as const;
export type SplitPart = (typeof SPLIT_PARTS)[number];

/** CheXNet's own division of NIH's 30,805 patients (arXiv 1711.05225v3, section 2.1). */
export const PAPER_PATIENTS: Readonly<Record<SplitPart, number>> = { training: 28_744, validation: 1672, test: 389 };

export type SplitPlan =
  /** Shares of the patients, each 0 … 1, the rest is for training. */
  | { readonly kind: 'shares'; readonly validation: number; readonly test: number }
  /** Exact numbers of patients; all others are for training. */
  | { readonly kind: 'patients'; readonly validation: number; readonly test: number }
  /** The test films by name, as NIH's `test_list.txt`; of the other patients a share validates. */
  | { readonly kind: 'test-films'; readonly isTest: (row: LabelRow) => boolean; readonly validation: number };

export type SplitOptions = {
  readonly plan: SplitPlan;
  readonly seed: string | number;
  /** Of rows that look the same: places in `rows`. */
  readonly nearPairs?: readonly NearPair[];
  /** Patients whose side is settled, whatever the plan: those whom the initial weights have seen. */
  readonly settled?: ReadonlyMap<string, SplitPart>;
};

/** Plain JSON, to be stored with a run; it holds patient ids. */
export type PatientSplit = {
  readonly schema: 1;
  /** One sentence. */
  readonly rule: string;
  readonly seed: string;
  /** Patient ids by part, each in order. */
  readonly patients: Readonly<Record<SplitPart, readonly string[]>>;
  /** Patients whom near-identical films keep together. */
  readonly together: readonly (readonly string[])[];
  /** Keys of rows on no side: films near-identical to one of a test that was given. */
  readonly leftOut: readonly string[];
};

/** Throws `label/no-patient` (with lines), `label/too-few`, `label/leak` (a patient settled or named on two sides). */
export function splitPatients(rows: readonly LabelRow[], options: SplitOptions): PatientSplit {
  const { plan, nearPairs = [] } = options;
  const seed = String(options.seed);
  const patientIds = patientsOf(rows);
  const isTest = plan.kind === 'test-films' ? rows.map((row) => plan.isTest(row)) : rows.map(() => false);
  const settled = settleTest(rows, isTest, options.settled ?? new Map());
  const groups = groupPatients(
    patientIds,
    nearPairs.filter(({ one, other }) => !isTest[one] && !isTest[other]),
  );
  const patients: Record<SplitPart, string[]> = { training: [], validation: [], test: [] };
  const free: (readonly string[])[] = [];
  for (const group of groups) {
    const side = sideOf(group, settled);
    if (side === null) free.push(group);
    else patients[side].push(...group);
  }
  const ordered = orderGroups(free, seed);
  if (plan.kind === 'patients') dealNumbers(ordered, plan, patients);
  else dealShares(ordered, { validation: plan.validation, test: plan.kind === 'shares' ? plan.test : 0 }, patients);
  if (patients.training.length === 0) throw new AppError('label/too-few', 'No patient is left for training.');
  for (const part of SPLIT_PARTS) patients[part].sort();
  return {
    schema: 1,
    ...{ rule: describePlan(plan), seed, patients },
    together: groups.filter(({ length }) => length > 1).map((group) => group.toSorted()),
    leftOut: likeTestFilms(rows, isTest, nearPairs),
  };
}

function patientsOf(rows: readonly LabelRow[]): string[] {
  const lines: number[] = [];
  const patientIds = rows.map(({ patientId, line }) => {
    if (patientId === null) lines.push(line);
    return patientId ?? '';
  });
  if (lines.length === 0) return patientIds;
  throw labelError('label/no-patient', 'Films are divided by patient, and rows do not say whose film it is', lines);
}

/** Patients connected by near-identical films, over any number of steps (union-find). */
function groupPatients(patientIds: readonly string[], nearPairs: readonly NearPair[]): string[][] {
  const parents = new Map(patientIds.map((patientId) => [patientId, patientId]));
  function rootOf(patientId: string): string {
    let root = patientId;
    for (let parent = parents.get(root)!; parent !== root; parent = parents.get(root)!) {
      parents.set(root, parents.get(parent)!);
      root = parent;
    }
    return root;
  }
  for (const { one, other } of nearPairs) parents.set(rootOf(patientIds[one]!), rootOf(patientIds[other]!));
  const groups = new Map<string, string[]>();
  for (const patientId of parents.keys()) {
    const root = rootOf(patientId);
    const group = groups.get(root);
    if (group === undefined) groups.set(root, [patientId]);
    else group.push(patientId);
  }
  return [...groups.values()];
}

/** Patients of test films that were given, and those whose side is settled otherwise. */
function settleTest(
  rows: readonly LabelRow[],
  isTest: readonly boolean[],
  settled: ReadonlyMap<string, SplitPart>,
): Map<string, SplitPart> {
  const sides = new Map(settled);
  const others = new Set(rows.filter((_row, index) => !isTest[index]).map(({ patientId }) => patientId));
  const torn: number[] = [];
  for (const { patientId, line } of rows.filter((_row, index) => isTest[index])) {
    const side = settled.get(patientId ?? '') ?? 'test';
    if (others.has(patientId) || side !== 'test') torn.push(line);
    sides.set(patientId ?? '', 'test');
  }
  if (torn.length === 0) return sides;
  throw labelError('label/leak', 'Test films are of patients who have films on another side', torn);
}

/** A test that is given stays as it is: what looks like one of its films leaves the other sides. */
function likeTestFilms(rows: readonly LabelRow[], isTest: readonly boolean[], pairs: readonly NearPair[]): string[] {
  const keys = new Set<string>();
  for (const { one, other } of pairs) {
    if (isTest[one] !== isTest[other]) keys.add(rows[isTest[one] ? other : one]!.key);
  }
  return [...keys].sort();
}

/** A group with a settled patient goes where that one is; to the training first, so that nothing of it is measured. */
function sideOf(group: readonly string[], settled: ReadonlyMap<string, SplitPart>): SplitPart | null {
  const sides = new Set(group.map((patientId) => settled.get(patientId)));
  return SPLIT_PARTS.find((part) => sides.has(part)) ?? null;
}

type OrderedGroup = { readonly group: readonly string[]; /** 0 … 1 */ readonly place: number };

/** By a hash of seed and the group's first patient: nobody else's coming or going moves it. */
function orderGroups(groups: readonly (readonly string[])[], seed: string): OrderedGroup[] {
  return groups
    .map((group) => {
      const first = group.reduce((least, patientId) => (patientId < least ? patientId : least));
      return { group, place: Number.parseInt(sha256(`${seed}\n${first}`).slice(0, 12), 16) / 2 ** 48 };
    })
    .sort((one, other) => one.place - other.place);
}

function dealShares(
  ordered: readonly OrderedGroup[],
  { validation, test }: { readonly validation: number; readonly test: number },
  patients: Record<SplitPart, string[]>,
): void {
  for (const { group, place } of ordered) {
    const part = place < test ? 'test' : place < test + validation ? 'validation' : 'training';
    patients[part].push(...group);
  }
}

/** Test first, then validation, each filled to its number; a group that is too large for the rest is passed over. */
function dealNumbers(
  ordered: readonly OrderedGroup[],
  wanted: { readonly validation: number; readonly test: number },
  patients: Record<SplitPart, string[]>,
): void {
  let left = ordered;
  for (const part of ['test', 'validation'] as const) {
    let room = wanted[part] - patients[part].length;
    const rest: OrderedGroup[] = [];
    for (const ordering of left) {
      const { group } = ordering;
      if (group.length <= room) {
        patients[part].push(...group);
        room -= group.length;
      } else rest.push(ordering);
    }
    if (room > 0) throw new AppError('label/too-few', `There are not ${wanted[part]} patients for ${part}.`);
    left = rest;
  }
  for (const { group } of left) patients.training.push(...group);
}

function describePlan(plan: SplitPlan): string {
  const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;
  if (plan.kind === 'shares') {
    return `By patient: ${percent(plan.validation)} validation, ${percent(plan.test)} test, by hash of seed and patient.`;
  }
  if (plan.kind === 'patients') {
    const counts = `${plan.validation} patients for validation, ${plan.test} for test`;
    return `By patient: ${counts}, the first by hash of seed and patient; all others for training.`;
  }
  return `By patient: the test films by list; of the other patients ${percent(plan.validation)} validation by hash.`;
}
