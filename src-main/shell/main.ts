/** Composition root of the window: builds the parts and wires them. No logic; a comment where the order matters. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { app, protocol, type BrowserWindow } from 'electron';
import { homeFolder } from '#main/database/homeFolder';
import { analyseWaitingFilms } from '#main/workflows/analyseWaitingFilms';
import { readUrgency } from '#main/database/urgencyNote';
import { openWorkplace, type Workplace } from '#main/workflows/openWorkplace';
import { createTaskList, type TaskList } from '#main/workflows/taskList';
import { activeCard, createHandlers, INTENDED_USE_ACCEPTED, type HandlerContext } from './handlers';
import { confirmsClosing } from './confirmsClosing';
import { answerCalls } from './ipc/answerCalls';
import { createPush, type PushEvent } from './ipc/pushEvents';
import { lockDown } from './lockDown';
import { logFault } from './logFault';
import { openWindow } from './openWindow';
import { resourcesFolder } from './resourcesFolder';
import { serveFilms } from './serveFilms';
import { serveWindow } from './serveWindow';
import { setMenu } from './setMenu';
import { runSmoke, smokeFilm } from './smoke';
import { startImport } from './startImport';
import { startUtility } from './startUtility';
import { Trainer } from './trainer';
import { WatchedFolder } from './watchedFolder';
import { watchForOthers } from './watchForOthers';
import { showStartFailure } from './showStartFailure';

const home = homeFolder();
const resources = resourcesFolder();
let window: BrowserWindow | null = null;

// Chromium's own files lie under Hilum's home too: one folder holds all that an installation writes.
app.setPath('userData', join(home, 'window'));
// Development as root: Chromium refuses to start with its sandbox there. Everybody else has it, everywhere.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
protocol.registerSchemesAsPrivileged([
  { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  {
    scheme: 'film',
    privileges: { standard: true, secure: true, supportFetchAPI: true, corsEnabled: true, stream: true },
  },
]);
process.on('uncaughtException', (error) => logFault('uncaught exception', error));
process.on('unhandledRejection', (error) => logFault('unhandled rejection', error));

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', () => {
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
  app.on('window-all-closed', () => app.quit());
  void app.whenReady().then(start).catch(showStartFailure);
} else {
  app.quit();
}

async function start(): Promise<void> {
  lockDown();
  const workplace = await openWorkplace({
    home,
    resources,
    start: (name) => startUtility(join(__dirname, `${name}.cjs`), `hilum-${name}`, { HILUM_RESOURCES: resources }),
    databaseWorkerFile: join(__dirname, 'database.cjs'),
    actor: 'window',
  });
  const film = smokeFilm(process.argv);
  if (film !== null) return runSmoke(workplace, film);

  const push = createPush(() => window);
  const tasks = createTaskList({
    onChange: (task) => push('taskChanged', task),
    save: (task) => workplace.database.saveTask({ task }),
  });
  const watched = new WatchedFolder(workplace, push);
  const trainer = new Trainer(workplace, tasks, push);
  const context = { ...contextOf(workplace, tasks, push), watched, trainer };
  answerCalls(createHandlers(context), logFault);
  serveWindow(join(__dirname, 'renderer'));
  serveFilms({
    pixels: async (filmId) =>
      workplace.pixels.pathFor((await workplace.database.getStoredFilm({ filmId })).contentSha256),
    thumbnail: async (filmId) =>
      workplace.pixels.thumbnailPathFor((await workplace.database.getStoredFilm({ filmId })).contentSha256),
    picture: (contentSha256) => Promise.resolve(workplace.pixels.picturePathFor(contentSha256)),
  });
  setMenu(push);
  window = openWindow(__dirname);
  const loaded = once(window.webContents, 'did-finish-load');
  window.on('close', (event) => {
    if (trainer.isOn && window !== null && !confirmsClosing(window)) event.preventDefault();
  });
  window.on('closed', () => (window = null));
  closeInOrder(context, watchForOthers(workplace.database, push));

  // Only now, so that the window is on the screen while the engine warms up.
  workplace.engine().onStatus((status) => push('engineChanged', status));
  // Whoever starts Hilum again is told what did not come to its end, whatever runs and ends next.
  await loaded;
  for (const task of await workplace.database.closeAbandonedTasks({})) push('taskChanged', task);
  await goOn(context);
  await watched.resume();
}

function contextOf(
  workplace: Workplace,
  tasks: TaskList,
  push: PushEvent,
): Omit<HandlerContext, 'watched' | 'trainer'> {
  const samples = join(resources, 'samples');
  const samplesFolder = existsSync(samples) ? samples : null;
  return {
    workplace,
    tasks,
    push,
    modelWorkerFile: join(__dirname, 'model.cjs'),
    currentWindow: () => window,
    samplesFolder,
    appInfo: async () => ({
      version: app.getVersion(),
      intendedUseAccepted: (await workplace.database.getFact({ name: INTENDED_USE_ACCEPTED })) !== null,
      model: await activeCard(workplace),
      urgency: readUrgency(home),
      sampleFilms: samplesFolder !== null,
      electron: process.versions.electron,
      home,
    }),
  };
}

/** What an earlier session left waiting, and the sample films where `npm start` asks for them the first time. */
async function goOn(context: HandlerContext): Promise<void> {
  const { workplace, tasks, push, samplesFolder } = context;
  const { database } = workplace;
  const SAMPLES_IMPORTED = 'samples-imported';
  if (process.argv.includes('--import-samples') && samplesFolder !== null) {
    if ((await database.getFact({ name: SAMPLES_IMPORTED })) === null) {
      await database.setFact({ name: SAMPLES_IMPORTED, value: new Date().toISOString() });
      startImport(context, [samplesFolder]);
    }
  }
  if ((await database.listWaitingFilms({ limit: 1 })).length === 0) return;
  tasks.run('analyse', 'Films that were waiting', async (reporter) => {
    await analyseWaitingFilms(workplace, await workplace.reader(), reporter);
    push('studiesChanged', { studyId: null });
  });
}

/** Tasks first, then the helpers, then the database: what was acknowledged is written before the process ends. */
function closeInOrder({ workplace, tasks, watched }: HandlerContext, stopWatching: () => void): void {
  let closed = false;
  app.on('before-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    stopWatching();
    void Promise.all([tasks.close(), watched.close()])
      .then(() => workplace.close())
      .catch((error: unknown) => logFault('closing', error))
      .finally(() => {
        closed = true;
        app.quit();
      });
  });
}
