/**
 * Films, labels and split of a run: read, joined, divided by patient, and checked. Patients whom the initial weights
 * or their ancestors were trained on stay on the training side, those who validated them on the validation side.
 */
import { createHash } from 'node:crypto';
import { DEFAULT_AGE_RANGE_YEARS, type ModelCard } from '#main/contract/card';
import { AppError } from '#main/contract/errors';
import type { RunSide, TrainingTask } from '#main/contract/run';
import type { DataGaps } from '#main/contract/training';
import { alignFindings } from '#main/chexnet/dataset/alignFindings';
import { checkSplit, rowsByPart } from '#main/chexnet/dataset/checkSplit';
import { comparePaper } from '#main/chexnet/dataset/comparePaper';
import { countFindings, type FindingCount } from '#main/chexnet/dataset/countFindings';
import type { LabelTable, UncertainPolicy } from '#main/chexnet/dataset/labelTable';
import type { PatientSplit, SplitPart } from '#main/chexnet/dataset/splitPatients';
import { openDataset, type Dataset } from '../dataset/openDataset';
import { readLabelFile, readTableFile } from '../evaluation/readTableFile';
import type { Workbench } from '../openWorkbench';
import type { TaskReporter } from '../taskList';
import { describeGaps, gapSentences } from './describeGaps';
import { divideFilms } from './divideFilms';

export type DataRequest = {
  readonly images: string;
  readonly labels: string;
  readonly task: TrainingTask;
  readonly uncertain: UncertainPolicy;
  readonly seed: number;
  /** See `SplitRequest`. */
  readonly split: string | null;
  readonly validationPatients: string | null;
};

export type TrainingData = {
  readonly labelsSha256: string;
  readonly table: LabelTable;
  readonly dataset: Dataset;
  readonly split: PatientSplit;
  /** Places in the rows of the dataset. */
  readonly places: Readonly<Record<SplitPart, readonly number[]>>;
  readonly counts: Readonly<Record<'training' | 'validation', readonly FindingCount[]>>;
  readonly gaps: DataGaps;
  readonly warnings: readonly string[];
};

/**
 * `initial` is the card of the model that the run begins with. Throws `label/…` with lines (`label/leak` where a
 * patient would be measured whom the initial weights have seen), `training/impossible`, and what reading films throws.
 */
export async function openTrainingData(
  bench: Workbench,
  request: DataRequest,
  initial: ModelCard | null,
  reporter: Pick<TaskReporter, 'signal' | 'total' | 'phase' | 'finished'>,
): Promise<TrainingData> {
  const { images, labels, task, uncertain } = request;
  const table = chooseFindings(await readLabelFile(labels, { uncertain }), task, initial);
  const ageRangeYears = initial?.ageRangeYears ?? DEFAULT_AGE_RANGE_YEARS;
  const { home, decoder, jobs } = bench;
  const dataset = await openDataset({ home, decoder, jobs, paths: [images], ageRangeYears, table, reporter });
  const { split, warnings } = await divideFilms(dataset, request, initial);
  const lists = initial?.patients?.lists ?? [];
  checkSplit(dataset.rows, split, { nearPairs: dataset.nearPairs, lists });
  const places = rowsByPart(dataset.rows, split);
  const countOf = (part: 'training' | 'validation'): FindingCount[] =>
    countFindings(dataset.rows, table.findings, places[part]);
  const counts = { training: countOf('training'), validation: countOf('validation') };
  refuseHopeless(places, counts.training);
  const labelsSha256 = createHash('sha256')
    .update(await readTableFile(labels))
    .digest('hex');
  const gaps = describeGaps(dataset, table, request);
  return {
    labelsSha256,
    table,
    dataset,
    split,
    places,
    counts,
    gaps,
    warnings: [
      ...[comparePaper(split, places)].filter((sentence) => sentence !== ''),
      ...warnings,
      ...gapSentences(gaps),
      ...[...table.warnings, ...(dataset.twoSexes === null ? [] : [dataset.twoSexes])].map(({ message }) => message),
      ...tellRare(counts.training),
    ],
  };
}

/** The model's order where it has the same findings; CheXNet's first task has one output alone. */
function chooseFindings(table: LabelTable, task: TrainingTask, initial: ModelCard | null): LabelTable {
  if (task === 'pneumonia') return alignFindings(table, ['Pneumonia']);
  const { findings } = initial ?? table;
  const same = findings.length === table.findings.length && findings.every((name) => table.findings.includes(name));
  return same ? alignFindings(table, findings) : table;
}

function refuseHopeless(places: TrainingData['places'], training: readonly FindingCount[]): void {
  if (places.validation.length === 0) {
    throw new AppError('training/impossible', 'No film validates: nothing would say when to stop, or how good it is.');
  }
  if (training.some(({ positives, films }) => positives > 0 && positives < films)) return;
  throw new AppError('training/impossible', 'No finding has both positive and negative films to learn from.');
}

function tellRare(training: readonly FindingCount[]): string[] {
  const rare = training
    .filter(({ learnable }) => !learnable)
    .map(({ finding, positives }) => `${finding} (${positives})`);
  return rare.length === 0 ? [] : [`Too rare to learn much from, with their positive films: ${rare.join(', ')}.`];
}

export function describeSide(
  { dataset: { rows } }: Pick<TrainingData, 'dataset'>,
  places: readonly number[],
  counts: readonly FindingCount[],
): RunSide {
  const patients = new Set(places.map((place) => rows[place]!.patientId));
  return {
    films: places.length,
    patients: patients.size,
    positives: Object.fromEntries(counts.map(({ finding, positives }) => [finding, positives])),
    negatives: Object.fromEntries(counts.map(({ finding, films, positives }) => [finding, films - positives])),
  };
}
