/** What each call of the window does: it looks something up, or starts a task and answers with its id. */
import type { BrowserWindow } from 'electron';
import type { ApiHandlers, AppInfo } from '#main/contract/api';
import { toErrorBody } from '#main/contract/errors';
import type { Workplace } from '#main/workflows/openWorkplace';
import type { TaskList } from '#main/workflows/taskList';
import { evaluationHandlers } from './evaluationHandlers';
import { filmHandlers } from './filmHandlers';
import type { PushEvent } from './ipc/pushEvents';
import { modelHandlers } from './modelHandlers';
import { settingsHandlers } from './settingsHandlers';
import type { Trainer } from './trainer';
import { trainingHandlers } from './trainingHandlers';
import type { WatchedFolder } from './watchedFolder';

export type HandlerContext = {
  readonly workplace: Workplace;
  readonly tasks: TaskList;
  readonly push: PushEvent;
  readonly watched: WatchedFolder;
  readonly trainer: Trainer;
  /** The bundle of modelWorker/main.ts. */
  readonly modelWorkerFile: string;
  readonly currentWindow: () => BrowserWindow | null;
  /** Null where the product came without sample films. */
  readonly samplesFolder: string | null;
  readonly appInfo: () => Promise<AppInfo>;
};

/** Facts of the installation that the window asks for and sets. */
export const INTENDED_USE_ACCEPTED = 'intended-use-accepted';

export function createHandlers(context: HandlerContext): ApiHandlers {
  const { workplace, tasks } = context;
  const { database } = workplace;
  return {
    getAppInfo: () => context.appInfo(),
    acceptIntendedUse: async () => {
      await database.setFact({ name: INTENDED_USE_ACCEPTED, value: new Date().toISOString() });
      return null;
    },
    listTasks: async () => {
      const running = tasks.running();
      const known = new Set(running.map(({ id }) => id));
      const kept = await database.listTasks({ limit: 20 });
      return [...running, ...kept.filter(({ id }) => !known.has(id))];
    },
    cancelTask: ({ taskId }) => {
      tasks.cancel(taskId);
      return Promise.resolve(null);
    },
    ...filmHandlers(context),
    ...modelHandlers(context),
    ...evaluationHandlers(context),
    ...trainingHandlers(context),
    ...settingsHandlers(context),
  };
}

/** The model of the window's frame; null where none can be used, which the engine's state explains. */
export async function activeCard(workplace: Workplace): Promise<AppInfo['model']> {
  try {
    return await workplace.models.active();
  } catch (error) {
    if (toErrorBody(error).code.startsWith('model/')) return null;
    throw error;
  }
}
