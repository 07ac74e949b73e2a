/** Joined films → the whole report, wherever their probabilities come from. */
import type { ModelCard } from '#main/contract/card';
import { AppError } from '#main/contract/errors';
import type { EvaluationReport, EvaluationSource } from '#main/contract/evaluation';
import type { UrgencyTiers } from '#main/contract/findings';
import { NOTICE } from '#main/contract/prediction';
import { leakError, type LabelTable } from '#main/chexnet/dataset/labelTable';
import type { CutoffPlan } from '#main/chexnet/evaluation/cutoffPlan';
import { describeRule, parseRule } from '#main/chexnet/evaluation/cutoffRules';
import { evaluateFilms } from '#main/chexnet/evaluation/evaluateFilms';
import { joinScores, type JoinedScores } from '#main/chexnet/evaluation/joinScores';
import { NOT_COMPARABLE, PUBLISHED_SOURCES } from '#main/chexnet/evaluation/published';
import { rankFilms } from '#main/chexnet/evaluation/rankedFilms';
import type { ScoredFilms } from '#main/chexnet/evaluation/scoredFilms';
import { reportChecklist } from './reportChecklist';
import { joinReaders, type ReaderSource } from './readReaders';
import { readScores } from './readScores';
import { readLabelFile } from './readTableFile';
import { workInSlices } from './workInSlices';

export type MeasureRequest = {
  /** Another model's probabilities of the same films: a file. */
  readonly paired: string | null;
  /** Probabilities of other films, which choose the cut-offs; their labels are those of the films, or a table of theirs. */
  readonly validation: { readonly predictions: string; readonly labels: string | null } | null;
  /** Null: the card's cut-offs where there is a card, else the largest F1. */
  readonly rule: string | null;
  /** The rule chooses cut-offs of their own for AP and PA films, where enough films allow. A card's are as they are. */
  readonly byView: boolean;
  readonly prevalence: number | null;
  /** How urgent each finding is at this site. */
  readonly tiers: UrgencyTiers;
  /** Whose answers the model is measured beside; null = nobody's. */
  readonly readers: ReaderSource | null;
  readonly bootstraps: number;
  readonly seed: number;
};

type Measured = MeasureRequest & {
  readonly table: LabelTable;
  readonly source: Omit<EvaluationSource, 'labelFormat' | 'unlabelled' | 'unscored'>;
  readonly card: ModelCard | null;
  readonly warnings: readonly string[];
};

export async function measureJoined(
  joined: JoinedScores,
  request: Measured,
  signal: AbortSignal | undefined,
): Promise<EvaluationReport> {
  const { table, card, paired, prevalence, tiers, bootstraps, seed } = request;
  const other = paired === null ? null : { name: paired, set: await readSet(paired, table) };
  if (other !== null) for (const set of [joined.set, other.set]) requireNames(set, other.name);
  const cutoffs = await planOf(request, joined);
  const readers = request.readers === null ? null : joinReaders(request.readers, joined.set, table);
  const options = { cutoffs, bootstraps, seed, prevalence, tiers, other, readers };
  const evaluated = await workInSlices(evaluateFilms(joined.set, options), signal);
  const { unlabelled, unscored } = joined;
  const report = {
    notice: NOTICE,
    ...evaluated,
    source: { ...request.source, labelFormat: table.format, unlabelled, unscored },
    published: { sources: PUBLISHED_SOURCES, notComparable: NOT_COMPARABLE },
    warnings: warningsOf(joined, request.warnings),
  };
  return { ...report, checklist: reportChecklist(report, card) };
}

async function readSet(file: string, labels: LabelTable): Promise<ScoredFilms> {
  return joinScores((await readScores(file, labels)).table, labels).set;
}

/** Films of one study have one name where labels are joined by study: nobody can tell which is which. */
function requireNames({ films }: ScoredFilms, file: string): void {
  if (new Set(films.map(({ key }) => key)).size === films.length) return;
  const what = 'Labels of studies name several films alike: two models are compared by film names or instance UIDs';
  throw new AppError('label/conflict', `${what} (${file}).`, { file });
}

async function planOf({ validation, rule, byView, card, table }: Measured, joined: JoinedScores): Promise<CutoffPlan> {
  const { findings } = joined.set;
  const given = card?.cutoffs ?? null;
  if (rule === null && given !== null && validation === null && findings.some((name) => name in given.values)) {
    const name = `the card (${given.rule})`;
    return { from: 'given', cutoffs: given, rule: name, origin: `Taken from ${name}, reported on all films.` };
  }
  const parsed = parseRule(rule ?? 'f1');
  if (parsed.kind === 'fixed') {
    if (byView) throw new AppError('usage/invalid', 'One probability for every finding is the same in every view.');
    const values = Object.fromEntries(findings.map((finding) => [finding, parsed.share]));
    return {
      from: 'given',
      cutoffs: { values },
      rule: describeRule(parsed),
      origin: 'Given, so reported on all films.',
    };
  }
  if (validation === null) return { from: 'halves', rule: parsed, byView };
  const labels = validation.labels === null ? table : await readLabelFile(validation.labels);
  const films = rankFilms(await readSet(validation.predictions, labels));
  if (films.set.findings.length === 0) throw new AppError('label/no-match', 'The validation films have no labels.');
  refuseShared(joined, films.set, validation.predictions);
  return { from: 'validation', rule: parsed, byView, films, name: validation.predictions };
}

/** Throws `label/leak` where patients of the films to be reported on are among those that choose: figures flatter then. */
function refuseShared({ set, rows }: JoinedScores, chosenOn: ScoredFilms, file: string): void {
  const choosing = new Set(chosenOn.patientIds);
  const shared = rows.flatMap(({ line, patientId }, film) => {
    const isShared = choosing.has(set.patientIds[set.patients[film]!]!);
    return isShared ? [{ line, patient: patientId ?? set.films[film]!.key }] : [];
  });
  if (shared.length === 0) return;
  const patients = [...new Set(shared.map(({ patient }) => patient))];
  const sentence = `Patients of the test are in ${file} too, which chooses the cut-offs`;
  throw leakError(
    sentence,
    patients,
    shared.map(({ line }) => line),
  );
}

function warningsOf({ set, warnings, unlabelled }: JoinedScores, before: readonly string[]): string[] {
  const left = unlabelled === 0 ? [] : [`${unlabelled} films with probabilities have no labels and are left out.`];
  return [...before, ...left, ...withoutPatient(set), ...warnings];
}

function withoutPatient({ known: { filmsWithoutPatient: count } }: ScoredFilms): string[] {
  if (count === 0) return [];
  const films = count === 1 ? 'One film is' : `${count} films are`;
  return [`${films} of unknown patients: each counts as a patient of its own, so intervals may be too narrow.`];
}
