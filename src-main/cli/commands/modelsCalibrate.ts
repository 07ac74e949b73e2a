/** `hilum models calibrate`: probabilities that are shares of films, from the site's own labelled films. */
import { basename } from 'node:path';
import { AppError } from '#main/contract/errors';
import { findingLabel } from '#main/contract/findings';
import type { CalibrationOutcome } from '#main/contract/evaluation';
import {
  calibrateModel,
  undoCalibration,
  type CalibrationMethod,
  type CalibrationReport,
} from '#main/workflows/calibrateModel';
import { withInterval } from '#main/workflows/evaluation/reportWords';
import type { Composition } from '../composition';
import { EXIT, type ExitCode } from '../exitCodes';
import { plainText } from '../terminal';
import { textTable, type TextColumn } from '../textTable';

export type CalibrateCommandOptions = {
  readonly predictions?: string;
  readonly images?: readonly string[];
  readonly labels?: string;
  readonly method: CalibrationMethod;
  readonly data?: string;
  readonly bootstraps: number;
  readonly seed: number;
  readonly undo?: boolean;
  readonly json?: boolean;
};

export async function calibrate(
  { terminal, openBench, signal }: Composition,
  id: string,
  options: CalibrateCommandOptions,
): Promise<ExitCode> {
  const { predictions, images, labels, method, data, bootstraps, seed, undo, json } = options;
  if (undo === true) {
    const { calibration = null } = await undoCalibration(openBench(), id);
    terminal.print(json === true ? `${JSON.stringify({ id, calibration })}\n` : `${id} is as it was before.\n`);
    return EXIT.done;
  }
  if (labels === undefined) throw new AppError('usage/invalid', 'Give --labels, or --undo.');
  const report = await calibrateModel(
    openBench(),
    {
      ...{ modelId: id, predictions: predictions ?? null, images: images ?? null, labels, method },
      ...{ data: data ?? basename(labels), count: bootstraps, seed },
    },
    { signal, onProgress: (films) => terminal.status(`${films} films …`) },
  );
  terminal.status('');
  for (const warning of report.warnings) terminal.say(`${plainText(warning)}\n`);
  terminal.print(json === true ? `${JSON.stringify(report)}\n` : describe(report));
  return EXIT.done;
}

function describe(report: CalibrationReport): string {
  const { notice, model, method, fittedOn, reportedOn, bootstrap, findings, leftAsTheyAre } = report;
  return [
    `${notice}\n\n`,
    `${model.id}, ${method}: fitted on ${fittedOn.films} films of ${fittedOn.patients} patients of `,
    `${plainText(fittedOn.data)}, reported on ${reportedOn.films} films of ${reportedOn.patients} others. Intervals: `,
    `${bootstrap.count} bootstraps by patient.\n\n`,
    textTable(COLUMNS, findings),
    leftAsTheyAre.length === 0 ? '' : `\nToo few positive films, left as they are: ${leftAsTheyAre.join(', ')}.\n`,
    `\nIn the card now, with its cut-offs carried over. Undo: hilum models calibrate ${model.id} --undo\n`,
  ].join('');
}

const COLUMNS: readonly TextColumn<CalibrationOutcome>[] = [
  { heading: 'finding', cell: ({ finding }) => findingLabel(finding) },
  { heading: 'n+ fitted', align: 'right', cell: ({ fittedOn }) => String(fittedOn.positives) },
  { heading: 'n+ reported', align: 'right', cell: ({ reportedOn }) => String(reportedOn.positives) },
  { heading: 'Brier before', cell: ({ before }) => withInterval('brier', before) },
  { heading: 'after', cell: ({ after }) => withInterval('brier', after) },
  { heading: 'ECE before', cell: ({ before }) => withInterval('ece', before) },
  { heading: 'after', cell: ({ after }) => withInterval('ece', after) },
];
