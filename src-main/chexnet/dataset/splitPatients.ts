/**
 * Films divided into training, validation and test, always by patient: every film of a patient, and of every other
 * patient with a near-identical film, is on one side. Who goes where follows from a hash of seed and patient id alone,
 * so that a data set which grows keeps its test patients.
 */
import { AppError } from '#main/contract/errors';
import { connect } from './connect';
import { labelError, leakError, type LabelRow } from './labelTable';
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
  /** Some are given, by row (null: not); of the other patients a share validates, the rest is for training. */
  | { readonly kind: 'listed'; readonly listed: readonly (ListedSide | null)[]; readonly validation: number };

/** What people give lists of. */
export type ListedSide = Exclude<SplitPart, 'training'>;

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
  /** Keys of rows on no side, each near-identical to a film of a test or validation that was given. */
  readonly leftOut: readonly { readonly key: string; readonly like: string }[];
};

/** Throws `label/no-patient` (with lines), `label/too-few`, `label/leak` (a patient with films on two sides is named). */
export function splitPatients(rows: readonly LabelRow[], options: SplitOptions): PatientSplit {
  const { plan, nearPairs = [] } = options;
  const seed = String(options.seed);
  const patientIds = patientsOf(rows);
  const listed = plan.kind === 'listed' ? plan.listed : [];
  const settled = settleListed(rows, listed, options.settled ?? new Map());
  const looks = connect(rows.length, nearPairs);
  const given = findGiven(looks, listed);
  const groups = groupPatients(
    patientIds,
    nearPairs.filter(({ one }) => !given.has(looks[one]!)),
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
  if (patients.training.length === 0) {
    const settledOnes = [...settled.values()].filter((side) => side !== 'training').length;
    const why =
      settledOnes === 0 ? '' : `: ${settledOnes} are on another side by a list, or because they validated before`;
    throw new AppError('label/too-few', `No patient is left for training${why}.`);
  }
  for (const part of SPLIT_PARTS) patients[part].sort();
  return {
    schema: 1,
    ...{ rule: describePlan(plan), seed, patients },
    together: groups.filter(({ length }) => length > 1).map((group) => group.toSorted()),
    leftOut: leaveOutAlike(rows, { looks, listed, given }),
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

/** Patients connected by near-identical films. */
function groupPatients(patientIds: readonly string[], nearPairs: readonly NearPair[]): string[][] {
  const ids = [...new Set(patientIds)];
  const numbers = new Map(ids.map((patientId, number) => [patientId, number]));
  const numberAt = (place: number): number => numbers.get(patientIds[place]!)!;
  const pairs = nearPairs.map(({ one, other }) => ({ one: numberAt(one), other: numberAt(other) }));
  const groups = new Map<number, string[]>();
  for (const [number, root] of connect(ids.length, pairs).entries()) {
    const group = groups.get(root);
    if (group === undefined) groups.set(root, [ids[number]!]);
    else group.push(ids[number]!);
  }
  return [...groups.values()];
}

/** Patients whose films are listed, and those whose side is settled otherwise. */
function settleListed(
  rows: readonly LabelRow[],
  listed: readonly (ListedSide | null)[],
  settled: ReadonlyMap<string, SplitPart>,
): Map<string, SplitPart> {
  const sides = new Map(settled);
  const seen = new Map<string | null, ListedSide | null>();
  const torn = new Set<string>();
  for (const [place, side] of listed.entries()) {
    const patientId = rows[place]!.patientId ?? '';
    if (seen.has(patientId) && seen.get(patientId) !== side) torn.add(patientId);
    seen.set(patientId, side);
    if (side !== null) sides.set(patientId, side);
  }
  if (torn.size === 0) return sides;
  const lines = rows.filter(({ patientId }) => patientId !== null && torn.has(patientId)).map(({ line }) => line);
  throw leakError('Patients have films in a list of one side and others that are not in it', [...torn], lines);
}

/** A film of a list and its place, by the number of the films that look like it; the test's where there are both. */
function findGiven(looks: Int32Array, listed: readonly (ListedSide | null)[]): ReadonlyMap<number, number> {
  const given = new Map<number, number>();
  for (const [place, side] of listed.entries()) {
    const known = given.get(looks[place]!);
    const isFirst = known === undefined || (side === 'test' && listed[known] !== 'test');
    if (side !== null && isFirst) given.set(looks[place]!, place);
  }
  return given;
}

/** What was given stays as it is: what looks like one of its films, over any number of steps, leaves the other sides. */
function leaveOutAlike(
  rows: readonly LabelRow[],
  films: {
    readonly looks: Int32Array;
    readonly listed: readonly (ListedSide | null)[];
    readonly given: ReadonlyMap<number, number>;
  },
): PatientSplit['leftOut'] {
  const { looks, listed, given } = films;
  return rows.flatMap(({ key }, place) => {
    const like = given.get(looks[place]!);
    return like === undefined || listed[like] === listed[place] ? [] : [{ key, like: rows[like]!.key }];
  });
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
  const others =
    plan.validation === 0 ? 'all others train' : `of all others ${percent(plan.validation)} validate, by hash`;
  const sides = (['test', 'validation'] as const).filter((side) => plan.listed.includes(side));
  return `By patient: ${sides.join(' and ')} by list, ${others}.`;
}
