/** Native TensorFlow from the window: installed as a task, removed; the engine is restarted onto what is there then. */
import type { EnginePackState } from '#main/contract/engine';
import { AppError } from '#main/contract/errors';
import type { TaskId } from '#main/contract/ids';
import type { PackProgress } from '#main/workflows/enginePack';
import type { Workplace } from '#main/workflows/openWorkplace';
import type { TaskList } from '#main/workflows/taskList';

type Context = { readonly workplace: Workplace; readonly tasks: TaskList };

const PHASES: Readonly<Record<PackProgress['stage'], string>> = {
  download: 'downloading',
  unpack: 'unpacking',
  'self-test': 'comparing its numbers with the references',
};

/** Throws `usage/invalid` where it is being installed already. */
export function startInstall({ workplace, tasks }: Context, wheelFile?: string): TaskId {
  requireIdle(tasks);
  return tasks.run('install', 'Installation of TensorFlow', async (reporter) => {
    function onProgress({ stage, bytes, totalBytes }: PackProgress): void {
      reporter.phase(PHASES[stage]);
      reporter.total(totalBytes);
      reporter.done(bytes);
    }
    await workplace.enginePack.install({ signal: reporter.signal, onProgress, wheelFile });
    reporter.phase('restarting the engine');
    await workplace.engine().restart();
  }).id;
}

/** Throws `usage/invalid` while it is being installed. */
export async function removePack({ workplace, tasks }: Context): Promise<EnginePackState> {
  requireIdle(tasks);
  const { enginePack } = workplace;
  if (await enginePack.remove()) await workplace.engine().restart();
  return enginePack.describe();
}

function requireIdle(tasks: TaskList): void {
  if (!tasks.running().some(({ kind }) => kind === 'install')) return;
  throw new AppError('usage/invalid', 'Native TensorFlow is being installed. Wait for its end, or cancel it.');
}
