/** The calls that measure a model on labelled films, and keep what was found until its next measurement. */
import { dialog } from 'electron';
import type { ApiArgument, ApiHandlers } from '#main/contract/api';
import { AppError } from '#main/contract/errors';
import type { KeptEvaluation } from '#main/contract/evaluation';
import type { TaskId } from '#main/contract/ids';
import { readUrgency } from '#main/database/urgencyNote';
import { evaluateModel } from '#main/workflows/evaluation/evaluateModel';
import { reportHtml } from '#main/workflows/evaluation/reportHtml';
import { readPictures } from '#main/workflows/evaluation/reportPictures';
import { writeAtomically } from '#main/workflows/triageJournal';
import { drawGalleries } from './drawGalleries';
import type { HandlerContext } from './handlers';

type EvaluationCall = 'evaluateModel' | 'getEvaluation' | 'saveEvaluation';

/** As the command line does where nothing else is said. */
const BOOTSTRAPS = 1000;

export function evaluationHandlers(context: HandlerContext): Pick<ApiHandlers, EvaluationCall> {
  const { models } = context.workplace;
  return {
    evaluateModel: (argument) => Promise.resolve(startEvaluation(context, argument)),
    getEvaluation: ({ id }) => models.evaluation(id),
    saveEvaluation: async ({ id }) => {
      const kept = await models.evaluation(id);
      if (kept !== null) return savePage(context, kept);
      throw new AppError('usage/invalid', `Nobody has evaluated ${id} here.`);
    },
  };
}

function startEvaluation(
  { workplace, tasks }: HandlerContext,
  { id: modelId, images, labels, prevalence }: ApiArgument<'evaluateModel'>,
): TaskId {
  return tasks.run('evaluate', `Evaluation of ${modelId}`, async (reporter) => {
    const { signal } = reporter;
    const tiers = readUrgency(workplace.home);
    reporter.phase('films');
    const report = await evaluateModel(
      workplace,
      {
        ...{ modelId, images: [images], labels, prevalence, leaveOutTrained: true, tiers },
        ...{
          paired: null,
          readers: null,
          validation: null,
          rule: null,
          byView: false,
          bootstraps: BOOTSTRAPS,
          seed: 1,
        },
      },
      { signal, onProgress: (films) => reporter.done(films) },
    );
    await drawGalleries(workplace, report.findings, reporter);
    await workplace.models.noteEvaluation(modelId, { schema: 2, measuredAt: new Date().toISOString(), report });
  }).id;
}

async function savePage(
  { workplace, currentWindow }: HandlerContext,
  { report, measuredAt }: KeptEvaluation,
): Promise<string | null> {
  const window = currentWindow();
  const options = {
    title: 'Save the evaluation as a page',
    defaultPath: `evaluation-${report.source.model?.id ?? ''}.html`,
    filters: [{ name: 'Web page', extensions: ['html'] }],
  };
  const { canceled, filePath } = await (window === null
    ? dialog.showSaveDialog(options)
    : dialog.showSaveDialog(window, options));
  if (canceled || filePath === '') return null;
  const pictures = await readPictures(report.findings, (film) => workplace.pixels.picturePathFor(film));
  await writeAtomically(filePath, reportHtml(report, { measuredAt, pictures }));
  return filePath;
}
