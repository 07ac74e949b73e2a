/** `hilum evaluate`: probabilities, or films, and labels → what the model is worth, for people or for machines. */
import { AppError } from '#main/contract/errors';
import type { EvaluationReport } from '#main/contract/evaluation';
import { NOTICE } from '#main/contract/prediction';
import { readUrgency } from '#main/database/urgencyNote';
import { evaluateModel } from '#main/workflows/evaluation/evaluateModel';
import { evaluatePredictions } from '#main/workflows/evaluation/evaluatePredictions';
import type { MeasureRequest } from '#main/workflows/evaluation/measureJoined';
import { readReaderFiles, readReviews, type ReaderSource } from '#main/workflows/evaluation/readReaders';
import { reportCsv, TABLE_START } from '#main/workflows/evaluation/reportCsv';
import { PAGE_START, reportHtml } from '#main/workflows/evaluation/reportHtml';
import { NO_PICTURES, takePictures } from '#main/workflows/evaluation/reportPictures';
import type { Workbench } from '#main/workflows/openWorkbench';
import { writeAtomically } from '#main/workflows/triageJournal';
import { beginningWith, checkOutput } from '../checkOutput';
import type { Composition } from '../composition';
import { evaluateText } from '../evaluateText';
import { EXIT, type ExitCode } from '../exitCodes';
import { plainText } from '../terminal';

export type EvaluateCommandOptions = {
  readonly predictions?: string;
  readonly images?: readonly string[];
  readonly model?: string;
  readonly labels?: string;
  readonly readers?: readonly string[];
  readonly reviews?: boolean;
  readonly leaveOutTrained?: boolean;
  readonly rule?: string;
  readonly byView?: boolean;
  readonly validation?: string;
  readonly validationLabels?: string;
  readonly paired?: string;
  readonly prevalence?: number;
  readonly bootstraps: number;
  readonly seed: number;
  readonly json?: boolean;
  readonly html?: string;
  readonly pictures: boolean;
  readonly csv?: string;
};

export async function evaluate(composition: Composition, options: EvaluateCommandOptions): Promise<ExitCode> {
  const { terminal, openBench, signal } = composition;
  await checkOutputs(options);
  const bench = openBench();
  const report = await measure(bench, options, await readersOf(composition, options), composition);
  terminal.status('');
  for (const warning of report.warnings) terminal.say(`${plainText(warning)}\n`);
  if (options.html !== undefined) {
    const onProgress = (done: number): void => terminal.status(`${done} pictures …`);
    const pictures = options.pictures
      ? await takePictures(bench, report.findings, { signal, onProgress })
      : NO_PICTURES;
    terminal.status('');
    await writeAtomically(options.html, reportHtml(report, { measuredAt: new Date().toISOString(), pictures }));
  }
  if (options.csv !== undefined) await writeAtomically(options.csv, reportCsv(report));
  terminal.print(options.json === true ? `${JSON.stringify(report)}\n` : evaluateText(report));
  terminal.say(`${NOTICE}\n`);
  return EXIT.done;
}

async function measure(
  bench: Workbench,
  options: EvaluateCommandOptions,
  readers: ReaderSource | null,
  { terminal, signal }: Composition,
): Promise<EvaluationReport> {
  const { predictions, images, model } = options;
  const how = { ...measureRequest(options), readers, tiers: readUrgency(bench.home) };
  const labels = options.labels ?? null;
  const leaveOutTrained = options.leaveOutTrained === true;
  if (labels === null && readers === null) {
    throw new AppError('usage/invalid', 'Give --labels, or the answers of readers with --readers or --reviews.');
  }
  if (predictions !== undefined && images === undefined && model === undefined) {
    return evaluatePredictions({ ...how, predictions, labels, leaveOutTrained }, { signal, models: bench.models });
  }
  if (images === undefined || predictions !== undefined) {
    throw new AppError('usage/invalid', 'Give either --predictions, or --images (with --model, or the active one).');
  }
  return evaluateModel(
    bench,
    { ...how, modelId: model, images, labels, leaveOutTrained },
    { signal, onProgress: (films) => terminal.status(`${films} films …`) },
  );
}

async function readersOf(
  { openPlace }: Composition,
  { readers, reviews }: EvaluateCommandOptions,
): Promise<ReaderSource | null> {
  if (reviews !== true) return readers === undefined ? null : readReaderFiles(readers);
  if (readers !== undefined) throw new AppError('usage/invalid', 'Give either --readers or --reviews.');
  return readReviews((await openPlace()).database);
}

function measureRequest(options: EvaluateCommandOptions): Omit<MeasureRequest, 'readers' | 'tiers'> {
  const { rule, byView, paired, validation, validationLabels, prevalence, bootstraps, seed } = options;
  if (validation === undefined && validationLabels !== undefined) {
    throw new AppError('usage/invalid', '--validation-labels wants --validation.');
  }
  return {
    rule: rule ?? null,
    byView: byView === true,
    paired: paired ?? null,
    prevalence: prevalence ?? null,
    validation: validation === undefined ? null : { predictions: validation, labels: validationLabels ?? null },
    bootstraps,
    seed,
  };
}

/** Throws `usage/invalid`; nothing was computed then. */
async function checkOutputs(options: EvaluateCommandOptions): Promise<void> {
  const { predictions, labels, paired, validation, validationLabels, images = [], readers = [] } = options;
  const tables = [predictions, labels, paired, validation, validationLabels];
  const inputs = [...images, ...readers, ...tables.filter((file) => file !== undefined)];
  const outputs = [
    ['--html', options.html, PAGE_START],
    ['--csv', options.csv, TABLE_START],
  ] as const;
  for (const [option, file, start] of outputs) {
    if (file === undefined) continue;
    await checkOutput({ option, file, inputs, replaces: beginningWith(start, 'a report of an evaluation') });
  }
}
