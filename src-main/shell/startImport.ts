/** An import as a task; the worklist follows while it runs. */
import type { TaskId } from '#main/contract/ids';
import { importFilms } from '#main/workflows/importFilms';
import type { HandlerContext } from './handlers';

export function startImport(
  { workplace, tasks, push }: Pick<HandlerContext, 'workplace' | 'tasks' | 'push'>,
  paths: readonly string[],
  onEnd: () => void = () => undefined,
): TaskId {
  const title = paths.length === 1 ? 'Import' : `Import of ${String(paths.length)} files and folders`;
  return tasks.run('import', title, async (reporter) => {
    // Rows come in while the import runs: the worklist is told once a second, not once a film.
    const timer = setInterval(() => push('studiesChanged', { studyId: null }), 1000);
    try {
      await importFilms(workplace, await workplace.reader(), paths, reporter);
    } finally {
      clearInterval(timer);
      push('studiesChanged', { studyId: null });
      onEnd();
    }
  }).id;
}
