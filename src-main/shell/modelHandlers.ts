/** The calls of the models page: look, import, verify, test on the site's films, let read, take back. */
import type { ApiArgument, ApiHandlers } from '#main/contract/api';
import type { ComparedFilm, ModelsComparison } from '#main/contract/comparison';
import type { TaskId } from '#main/contract/ids';
import type { ModelEntry, ModelList } from '#main/contract/model';
import { activateModel, rollBackModel } from '#main/workflows/activateModel';
import { commissionModel } from '#main/workflows/commissionModel';
import { compareOnFilms } from '#main/workflows/compareOnFilms';
import { PRESET_NAMES } from '#main/workflows/importModel';
import type { Workplace } from '#main/workflows/openWorkplace';
import type { TaskReporter } from '#main/workflows/taskList';
import { choosePaths } from './choosePaths';
import { drawGalleries } from './drawGalleries';
import type { HandlerContext } from './handlers';
import { importInThread } from './modelWorker/importInThread';

type ModelCall =
  | 'listModels'
  | 'verifyModel'
  | 'importModel'
  | 'commissionModel'
  | 'compareModels'
  | 'getComparison'
  | 'activateModel'
  | 'rollBackModel'
  | 'choosePath';

/** More films than a person looks through in the window. */
const MOST_FILMS_SHOWN = 200;

type Kept = { readonly taskId: TaskId; readonly comparison: ModelsComparison };

const PURPOSES = {
  films: { title: 'Choose a folder of films', properties: ['openDirectory'] },
  labels: {
    title: 'Choose a table of labels',
    filters: [{ name: 'Tables', extensions: ['csv', 'tsv', 'txt', 'gz'] }],
    properties: ['openFile'],
  },
  model: { title: 'Choose a model file', properties: ['openFile'] },
} as const;

export function modelHandlers(context: HandlerContext): Pick<ApiHandlers, ModelCall> {
  const { workplace, watched, push } = context;
  let kept: Kept | null = null;

  /** Another model reads from now on. */
  async function thenTell(change: Promise<unknown>): Promise<ModelList> {
    await change;
    push('modelsChanged', {});
    await watched.restart();
    return listModels(workplace);
  }

  return {
    listModels: () => listModels(workplace),
    verifyModel: async ({ id }) => {
      await workplace.models.verify(id);
      return null;
    },
    importModel: async (argument) => {
      await importModelFile(context, argument);
      return listModels(workplace);
    },
    commissionModel: (argument) => Promise.resolve(startCommission(context, argument)),
    compareModels: (argument) => {
      const keep = (taskId: TaskId, comparison: ModelsComparison): void => void (kept = { taskId, comparison });
      return Promise.resolve(startComparison(context, argument, keep));
    },
    getComparison: ({ taskId }) => Promise.resolve(kept?.taskId === taskId ? kept.comparison : null),
    activateModel: ({ id, signature }) => thenTell(activateModel(workplace, id, signature)),
    rollBackModel: () => thenTell(rollBackModel(workplace)),
    choosePath: async ({ purpose }) => {
      const { filters, ...options } = { filters: [], ...PURPOSES[purpose] };
      const chosen = await choosePaths(context.currentWindow, {
        title: options.title,
        properties: [...options.properties],
        filters: filters.map(({ name, extensions }) => ({ name, extensions: [...extensions] })),
      });
      return chosen[0] ?? null;
    },
  };
}

async function listModels({ models }: Workplace): Promise<ModelList> {
  const found = await models.list();
  const entries = found.map(async ({ id, builtIn, active, card, problem }): Promise<ModelEntry> => {
    if (card === null) return { id, builtIn, active, card, problem, acceptance: null };
    return {
      ...{ id, builtIn, active, problem },
      // As it is used here: with the cut-offs that were accepted.
      card: await models.get(id),
      acceptance: await models.acceptance(id),
    };
  });
  const previous = await models.previous().catch(() => null);
  return { models: await Promise.all(entries), previous: previous?.id ?? null, presets: PRESET_NAMES };
}

async function importModelFile(
  { workplace, modelWorkerFile }: HandlerContext,
  { file, id, preset }: ApiArgument<'importModel'>,
): Promise<void> {
  const { home, resources } = workplace;
  const request = { file, id, ...(preset === null ? {} : { preset }) };
  await importInThread(modelWorkerFile, { home, resources, request });
}

/** Which model is at work, and how far. */
function progressOf(reporter: TaskReporter): (progress: { readonly model: string; readonly done: number }) => void {
  return ({ model, done }) => {
    reporter.phase(model);
    reporter.done(done);
  };
}

function startCommission(
  { workplace, tasks, push }: HandlerContext,
  { id: modelId, images, labels, budget, byView, data }: ApiArgument<'commissionModel'>,
): TaskId {
  return tasks.run('commission', `Acceptance test of ${modelId}`, async (reporter) => {
    const { galleries } = await commissionModel(
      workplace,
      { modelId, images: [images], labels, budget, byView, data },
      { signal: reporter.signal, onProgress: progressOf(reporter) },
    );
    await drawGalleries(workplace, galleries, reporter);
    push('modelsChanged', {});
  }).id;
}

function startComparison(
  { workplace, tasks }: HandlerContext,
  { first, second, images, labels }: ApiArgument<'compareModels'>,
  keep: (taskId: TaskId, comparison: ModelsComparison) => void,
): TaskId {
  const { id } = tasks.run('compare', `${first} beside ${second}`, async (reporter) => {
    const comparison = await compareOnFilms(
      workplace,
      { modelIds: [first, second], images: [images], labels },
      { signal: reporter.signal, onProgress: progressOf(reporter) },
    );
    const films = comparison.films.toSorted(byDifference).slice(0, MOST_FILMS_SHOWN);
    keep(id, { ...comparison, films });
  });
  return id;
}

/** Those whose flags differ first, then by how far their probabilities lie apart. */
function byDifference(one: ComparedFilm, other: ComparedFilm): number {
  const differs = ({ flaggedByOne }: ComparedFilm): number => Math.min(1, flaggedByOne.flat().length);
  return differs(other) - differs(one) || other.largestDifference - one.largestDifference;
}
