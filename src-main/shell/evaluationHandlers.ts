/** The calls that measure a model on labelled films, and keep what was found until the next measurement. */
import { dialog } from 'electron';
import type { ApiArgument, ApiHandlers } from '#main/contract/api';
import { AppError } from '#main/contract/errors';
import type { EvaluationReport } from '#main/contract/evaluation';
import type { TaskId } from '#main/contract/ids';
import { readUrgency } from '#main/database/urgencyNote';
import { evaluateModel } from '#main/workflows/evaluation/evaluateModel';
import { reportHtml } from '#main/workflows/evaluation/reportHtml';
import { drawPictures, readPictures } from '#main/workflows/evaluation/reportPictures';
import { writeAtomically } from '#main/workflows/triageJournal';
import type { HandlerContext } from './handlers';

type EvaluationCall = 'evaluateModel' | 'getEvaluation' | 'saveEvaluation';

type Kept = { readonly taskId: TaskId; readonly measuredAt: string; readonly report: EvaluationReport };

/** As the command line does where nothing else is said. */
const BOOTSTRAPS = 1000;

export function evaluationHandlers(context: HandlerContext): Pick<ApiHandlers, EvaluationCall> {
  let kept: Kept | null = null;
  return {
    evaluateModel: (argument) => Promise.resolve(startEvaluation(context, argument, (found) => (kept = found))),
    getEvaluation: ({ taskId }) => Promise.resolve(kept?.taskId === taskId ? kept.report : null),
    saveEvaluation: async ({ taskId }) => {
      if (kept?.taskId === taskId) return savePage(context, kept);
      throw new AppError('usage/invalid', 'Another evaluation came since: make this one again.');
    },
  };
}

/** Pictures stay: the gallery shows them, and so does the page that is saved. */
function placeOf({ pixels }: HandlerContext['workplace']): (contentSha256: string) => string {
  return (contentSha256) => pixels.picturePathFor(contentSha256);
}

function startEvaluation(
  { workplace, tasks }: HandlerContext,
  { id: modelId, images, labels, prevalence }: ApiArgument<'evaluateModel'>,
  keep: (kept: Kept) => void,
): TaskId {
  const { id: taskId } = tasks.run('evaluate', `Evaluation of ${modelId}`, async (reporter) => {
    const { signal } = reporter;
    const tiers = readUrgency(workplace.home);
    reporter.phase('films');
    const report = await evaluateModel(
      workplace,
      {
        ...{ modelId, images: [images], labels, prevalence, leaveOutTrained: true, tiers },
        ...{ paired: null, readers: null, validation: null, rule: null, bootstraps: BOOTSTRAPS, seed: 1 },
      },
      { signal, onProgress: (films) => reporter.done(films) },
    );
    reporter.phase('pictures');
    await drawPictures(workplace, report, placeOf(workplace), { signal, onProgress: (done) => reporter.done(done) });
    keep({ taskId, measuredAt: new Date().toISOString(), report });
  });
  return taskId;
}

async function savePage(
  { workplace, currentWindow }: HandlerContext,
  { report, measuredAt }: Kept,
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
  const pictures = await readPictures(report, placeOf(workplace));
  await writeAtomically(filePath, reportHtml(report, { measuredAt, pictures }));
  return filePath;
}
