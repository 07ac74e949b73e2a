/** What each call of the window does: it looks something up, or starts a task and answers with its id. */
import { dialog, type BrowserWindow, type OpenDialogOptions } from 'electron';
import type { ApiHandlers, AppInfo } from '#main/contract/api';
import { toErrorBody } from '#main/contract/errors';
import type { FilmId, TaskId } from '#main/contract/ids';
import type { WatchState } from '#main/contract/watch';
import { analyseStoredFilm } from '#main/workflows/analyseWaitingFilms';
import type { FilmReader } from '#main/workflows/analyseFilm';
import { importFilms } from '#main/workflows/importFilms';
import type { Workplace } from '#main/workflows/openWorkplace';
import { showFilm } from '#main/workflows/showFilm';
import type { TaskList } from '#main/workflows/taskList';
import { removePack, startInstall } from './installPack';
import type { PushEvent } from './ipc/pushEvents';
import type { WatchedFolder } from './watchedFolder';

export type HandlerContext = {
  readonly workplace: Workplace;
  readonly tasks: TaskList;
  readonly push: PushEvent;
  readonly watched: WatchedFolder;
  readonly currentWindow: () => BrowserWindow | null;
  /** Null where the product came without sample films. */
  readonly samplesFolder: string | null;
  readonly appInfo: () => Promise<AppInfo>;
};

/** Facts of the installation that the window asks for and sets. */
export const INTENDED_USE_ACCEPTED = 'intended-use-accepted';

export function createHandlers(context: HandlerContext): ApiHandlers {
  const { workplace, tasks, push, watched, samplesFolder } = context;
  const { database, enginePack } = workplace;

  function studyChanged(): void {
    push('studiesChanged', { studyId: null });
  }

  return {
    getAppInfo: () => context.appInfo(),
    acceptIntendedUse: async () => {
      await database.setFact({ name: INTENDED_USE_ACCEPTED, value: new Date().toISOString() });
      return null;
    },
    listStudies: (query) => database.listStudies(query),
    listFailedFiles: () => database.listFailedFiles({}),
    dismissFailedFile: async ({ id }) => {
      await database.dismissFailedFile({ id });
      studyChanged();
      return null;
    },
    openStudy: (argument) => database.openStudy(argument),
    openFilm: async ({ filmId }) => {
      await showFilm(workplace, await workplace.reader(), await database.getStoredFilm({ filmId }));
      return database.getFilm({ filmId });
    },
    getAttentionMaps: (argument) => database.getAttentionMaps(argument),
    analyseFilm: (argument) => analyseAgain(context, argument.filmId, argument.override),
    chooseImport: ({ kind }) => chooseImport(context, kind),
    importPaths: ({ paths }) => Promise.resolve(startImport(context, paths)),
    importSampleFilms: () => Promise.resolve(startImport(context, samplesFolder === null ? [] : [samplesFolder])),
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
    getEngineStatus: async ({ measure }) => {
      if (measure) await workplace.engine().measure();
      return workplace.engine().status();
    },
    getEngineMemory: async () => (await workplace.engine().memory()).rssBytes,
    getEnginePack: () => enginePack.describe(),
    installEnginePack: ({ from }) => chooseInstall(context, from),
    removeEnginePack: () => removePack(context),
    getWatchState: () => Promise.resolve(watched.state),
    changeWatching: ({ to }) => (to === 'choose' ? chooseWatched(context) : watched.setWatching(to === 'on')),
    getSettings: () => database.getSettings({}),
    updateSettings: (changes) => database.updateSettings({ changes }),
  };
}

export function startImport({ workplace, tasks, push }: HandlerContext, paths: readonly string[]): TaskId {
  const title = paths.length === 1 ? 'Import' : `Import of ${String(paths.length)} files and folders`;
  return tasks.run('import', title, async (reporter) => {
    // Rows come in while the import runs: the worklist is told once a second, not once a film.
    const timer = setInterval(() => push('studiesChanged', { studyId: null }), 1000);
    try {
      await importFilms(workplace, await workplace.reader(), paths, reporter);
    } finally {
      clearInterval(timer);
      push('studiesChanged', { studyId: null });
    }
  }).id;
}

async function chooseImport(context: HandlerContext, kind: 'folder' | 'files'): Promise<TaskId | null> {
  const paths = await choosePaths(
    context,
    kind === 'folder'
      ? { title: 'Open a folder of films', properties: ['openDirectory', 'multiSelections'] }
      : { title: 'Open films', properties: ['openFile', 'multiSelections'] },
  );
  return paths.length === 0 ? null : startImport(context, paths);
}

async function chooseWatched(context: HandlerContext): Promise<WatchState> {
  const [folder] = await choosePaths(context, { title: 'Watch a folder', properties: ['openDirectory'] });
  return folder === undefined ? context.watched.state : context.watched.choose(folder);
}

async function chooseInstall(context: HandlerContext, from: 'index' | 'file'): Promise<TaskId | null> {
  if (from === 'index') return startInstall(context);
  const [wheel] = await choosePaths(context, {
    title: 'Install TensorFlow from a wheel',
    filters: [{ name: 'Python wheels', extensions: ['whl'] }],
    properties: ['openFile'],
  });
  return wheel === undefined ? null : startInstall(context, wheel);
}

/** Empty where the person cancelled the dialog. */
async function choosePaths({ currentWindow }: HandlerContext, options: OpenDialogOptions): Promise<readonly string[]> {
  const window = currentWindow();
  const { canceled, filePaths } = await (window === null
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(window, options));
  return canceled ? [] : filePaths;
}

async function analyseAgain(
  { workplace, tasks, push }: HandlerContext,
  filmId: FilmId,
  override: { readonly code: string; readonly reason: string } | null,
): Promise<TaskId> {
  const stored = await workplace.database.getStoredFilm({ filmId });
  const task = tasks.run('analyse', 'Analysis of one film', async (reporter) => {
    reporter.total(1);
    try {
      const reader: FilmReader = await workplace.reader();
      reporter.finished(await analyseStoredFilm(workplace, reader, stored, override, reporter.signal));
    } finally {
      push('studiesChanged', { studyId: stored.studyId });
    }
  });
  return task.id;
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
