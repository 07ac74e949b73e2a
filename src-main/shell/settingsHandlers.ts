/** The calls of the settings: engine, native pack, watched folder. */
import type { ApiHandlers } from '#main/contract/api';
import type { TaskId } from '#main/contract/ids';
import { changeUrgency } from '#main/workflows/changeUrgency';
import type { WatchState } from '#main/contract/watch';
import { choosePaths } from './choosePaths';
import type { HandlerContext } from './handlers';
import { removePack, startInstall } from './installPack';

type SettingsCall =
  | 'getEngineStatus'
  | 'getEngineMemory'
  | 'getEnginePack'
  | 'installEnginePack'
  | 'removeEnginePack'
  | 'getWatchState'
  | 'changeWatching'
  | 'getSettings'
  | 'updateSettings'
  | 'changeUrgency';

export function settingsHandlers(context: HandlerContext): Pick<ApiHandlers, SettingsCall> {
  const { workplace, watched } = context;
  const { database, enginePack } = workplace;
  return {
    getEngineStatus: async ({ measure }) => {
      if (measure) await workplace.engine().tryAll({ measure });
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
    changeUrgency: async ({ tiers }) => {
      await changeUrgency(workplace, tiers);
      context.push('studiesChanged', { studyId: null });
      return tiers;
    },
  };
}

async function chooseInstall(context: HandlerContext, from: 'index' | 'file'): Promise<TaskId | null> {
  if (from === 'index') return startInstall(context);
  const [wheel] = await choosePaths(context.currentWindow, {
    title: 'Install TensorFlow from a wheel',
    filters: [{ name: 'Python wheels', extensions: ['whl'] }],
    properties: ['openFile'],
  });
  return wheel === undefined ? null : startInstall(context, wheel);
}

async function chooseWatched(context: HandlerContext): Promise<WatchState> {
  const [folder] = await choosePaths(context.currentWindow, { title: 'Watch a folder', properties: ['openDirectory'] });
  return folder === undefined ? context.watched.state : context.watched.choose(folder);
}
