/**
 * A model's probabilities made shares of films: fitted on half of the patients of a site's labelled films, reported on
 * the other half, kept with the films that it comes from, and taken back on request.
 */
import { isCalibrated, type Calibration, type ModelCard } from '#main/contract/card';
import { CUTOFF_VIEWS, MEASURED_POSITIVES } from '#main/contract/cutoffs';
import type { Acceptance } from '#main/contract/acceptance';
import type { CalibrationNote } from '#main/contract/calibration';
import { AppError } from '#main/contract/errors';
import type { CalibrationOutcome } from '#main/contract/evaluation';
import { NOTICE } from '#main/contract/prediction';
import type { LabelTable } from '#main/chexnet/dataset/labelTable';
import { refuseListedPatients, trainedOn } from '#main/chexnet/dataset/patientList';
import type { Resampling } from '#main/chexnet/evaluation/bootstrap';
import { calibrate, fitCalibration, type CalibrationMethod } from '#main/chexnet/evaluation/calibrate';
import { calibrationOutcomes } from '#main/chexnet/evaluation/calibrationOutcomes';
import { splitHalves, type Halves } from '#main/chexnet/evaluation/halves';
import { joinScores, type JoinedScores } from '#main/chexnet/evaluation/joinScores';
import { countPatients, rankFilms } from '#main/chexnet/evaluation/rankedFilms';
import { judgeFilms } from './evaluation/judgeFilms';
import { readScores } from './evaluation/readScores';
import { readLabelFile } from './evaluation/readTableFile';
import { toScoredRow } from './evaluation/toScoredRow';
import { workInSlices } from './evaluation/workInSlices';
import type { Workbench } from './openWorkbench';

export { CALIBRATION_METHODS, type CalibrationMethod } from '#main/chexnet/evaluation/calibrate';

export type CalibrationRequest = Resampling & {
  readonly modelId: string;
  /** A table of the model's probabilities, or films that it judges now. */
  readonly predictions: string | null;
  readonly images: readonly string[] | null;
  readonly labels: string;
  readonly method: CalibrationMethod;
  /** What the site calls these films. */
  readonly data: string;
};

export type CalibrationReport = {
  readonly notice: string;
  readonly model: CalibrationNote['model'];
  readonly method: CalibrationMethod;
  readonly fittedOn: CalibrationNote['calibration']['fittedOn'];
  readonly reportedOn: { readonly films: number; readonly patients: number };
  readonly bootstrap: Resampling & { readonly by: 'patient' };
  /** Before and after, of the other half of the patients. */
  readonly findings: readonly CalibrationOutcome[];
  /** Fewer than 10 positive films in a half: given out as the network says it. */
  readonly leftAsTheyAre: readonly string[];
  readonly warnings: readonly string[];
};

type CalibratingBench = Pick<Workbench, 'decoder' | 'reader' | 'jobs' | 'models'>;

/**
 * Keeps the calibration. Throws `usage/invalid` where the model is calibrated already, `label/…` (`label/leak`: it was
 * trained on these patients; `label/too-few`: no finding has enough positives), `file/…`, `model/…`, `task/cancelled`.
 */
export async function calibrateModel(
  bench: CalibratingBench,
  request: CalibrationRequest,
  { signal, onProgress }: { readonly signal?: AbortSignal; readonly onProgress?: (films: number) => void } = {},
): Promise<CalibrationReport> {
  const { modelId, labels, method, data, count, seed } = request;
  const card = await bench.models.get(modelId);
  if (isCalibrated(card)) {
    const undo = `hilum models calibrate ${modelId} --undo`;
    throw new AppError('usage/invalid', `${modelId} is calibrated already; where this site did it, ${undo} undoes it.`);
  }
  const table = await readLabelFile(labels);
  const { joined, warnings } = await scoreFilms(bench, card, request, table, { signal, onProgress });
  refuseListedPatients(joined.rows, trainedOn(card.patients?.lists ?? []), 'these films');
  const halves = splitHalves(rankFilms(joined.set), seed);
  const { findings, outcomes } = await workInSlices(fitAll(halves, method, { count, seed }), signal);
  if (outcomes.length === 0) {
    const enough = `${MEASURED_POSITIVES} positive films in each half of the patients`;
    throw new AppError('label/too-few', `Nothing can be calibrated: no finding has ${enough}.`);
  }
  const { chosenOn, reportedOn } = halves;
  const fittedOn = {
    ...{ data, films: chosenOn.films.length, patients: countPatients(joined.set.patients, chosenOn.films) },
    positives: Object.fromEntries(outcomes.map(({ finding, fittedOn: { positives } }) => [finding, positives])),
  };
  const model = { id: card.id, version: card.version, weightsSha256: card.weights.sha256 };
  await keep(bench, card, {
    ...{ schema: 1, notice: NOTICE, model },
    calibration: { findings, fittedOn, madeAt: new Date().toISOString() },
  });
  return {
    ...{ notice: NOTICE, model, method, fittedOn },
    reportedOn: {
      films: reportedOn.films.length,
      patients: countPatients(joined.set.patients, reportedOn.films),
    },
    bootstrap: { count, seed, by: 'patient' },
    findings: outcomes,
    leftAsTheyAre: card.findings.filter((finding) => findings[finding] === undefined),
    warnings: [...warnings, ...joined.warnings],
  };
}

type Scored = { readonly joined: JoinedScores; readonly warnings: readonly string[] };

async function scoreFilms(
  bench: CalibratingBench,
  card: ModelCard,
  { predictions, images, modelId }: CalibrationRequest,
  labels: LabelTable,
  options: Parameters<typeof judgeFilms>[3] & { readonly onProgress?: ((films: number) => void) | undefined },
): Promise<Scored> {
  if (predictions !== null && images === null) {
    const { table, model } = await readScores(predictions, labels);
    if (model !== null && model.weightsSha256 !== card.weights.sha256) {
      throw new AppError('usage/invalid', `The probabilities are those of ${model.id}, not of ${modelId}.`);
    }
    const stranger =
      model === null
        ? [`Nothing in the table says whose probabilities these are: they are taken for ${modelId}'s.`]
        : [];
    return { joined: joinScores(table, labels), warnings: stranger };
  }
  if (images === null || predictions !== null) {
    throw new AppError('usage/invalid', 'Give either --predictions or --images.');
  }
  const judged = await judgeFilms(bench, modelId, images, { ...options, labels });
  const rows = judged.films.map((film, place) => toScoredRow(film, place + 1, labels.joinBy));
  return {
    joined: joinScores({ joinBy: labels.joinBy, findings: card.findings, rows, unscoredLines: [] }, labels),
    warnings: Object.entries(judged.leftOut).map(([code, files]) => `${files} files got no numbers (${code}).`),
  };
}

type Fitted = { readonly findings: Record<string, Calibration>; readonly outcomes: CalibrationOutcome[] };

function* fitAll(halves: Halves, method: CalibrationMethod, resampling: Resampling): Generator<unknown, Fitted> {
  const findings: Record<string, Calibration> = {};
  const outcomes: CalibrationOutcome[] = [];
  for (const [index, finding] of halves.chosenOn.set.findings.entries()) {
    const [fitted, reported] = [halves.chosenOn.samples[index]!, halves.reportedOn.samples[index]!];
    if (Math.min(fitted.positives, reported.positives) < MEASURED_POSITIVES) continue;
    const calibration = fitCalibration(fitted, method);
    if (calibration === null) continue;
    const [outcome] = yield* calibrationOutcomes(finding, { fitted, reported }, [method], resampling);
    if (outcome === undefined) continue;
    findings[finding] = calibration;
    outcomes.push(outcome);
  }
  return { findings, outcomes };
}

/** Cut-offs go with their probabilities: every film keeps its flags, as far as six decimals and ties allow. */
async function keep(
  { models }: CalibratingBench,
  card: ModelCard,
  note: Pick<CalibrationNote, 'schema' | 'notice' | 'model' | 'calibration'>,
): Promise<void> {
  const { findings, madeAt } = note.calibration;
  const become = (finding: string, cutoff: number): number => {
    const calibration = findings[finding];
    return calibration === undefined ? cutoff : Number(calibrate(calibration, cutoff).toFixed(6));
  };
  const before = await models.acceptance(card.id);
  const becomeAll = (cutoffs: Readonly<Record<string, number>>): Record<string, number> =>
    Object.fromEntries(Object.entries(cutoffs).map(([finding, cutoff]) => [finding, become(finding, cutoff)]));
  const { values = {}, byView = {} } = (await models.shipped(card.id)).cutoffs ?? {};
  const ofViews = CUTOFF_VIEWS.flatMap((view) => {
    return byView[view] === undefined ? [] : [[view, becomeAll(byView[view].values)] as const];
  });
  await models.noteCalibration({
    ...note,
    ...{ cutoffs: becomeAll(values), acceptanceBefore: before },
    ...(ofViews.length === 0 ? {} : { cutoffsByView: Object.fromEntries(ofViews) }),
  });
  if (before === null) return;
  const accepted = Object.entries(before.findings).map(([finding, figures]) => {
    const cutoff = figures.cutoff === null ? null : become(finding, figures.cutoff);
    return [finding, { ...figures, cutoff }] as const;
  });
  const calibrated: Acceptance = {
    ...{ ...before, findings: Object.fromEntries(accepted), calibratedAt: madeAt ?? null },
    views: (before.views ?? []).map((view) => ({ ...view, cutoffs: becomeAll(view.cutoffs) })),
  };
  await models.noteAcceptance(calibrated);
}

/** As before it was calibrated, with what was accepted then. Throws `usage/invalid` where this site has not done it. */
export async function undoCalibration({ models }: Pick<Workbench, 'models'>, modelId: string): Promise<ModelCard> {
  await models.undoCalibration(modelId);
  return models.get(modelId);
}
