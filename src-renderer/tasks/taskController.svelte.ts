/** Long work as the window follows it: newest first, running ones before finished ones. */
import type { HilumApi } from '#main/contract/createApi';
import type { TaskId } from '#main/contract/ids';
import type { Task } from '#main/contract/task';
import { call } from '../shared/call';
import type { Notices } from '../shared/notices.svelte';

/** Finished tasks that the tray still shows. */
const KEPT = 12;

export class TaskController {
  tasks: readonly Task[] = $state.raw([]);
  readonly running: readonly Task[] = $derived(this.tasks.filter((task) => task.state === 'running'));

  readonly #api: HilumApi;
  readonly #notices: Notices;

  constructor(api: HilumApi, notices: Notices) {
    this.#api = api;
    this.#notices = notices;
  }

  /** Returns the function that stops listening. */
  listen(): () => void {
    void this.#notices.attempt(async () => {
      const listed = await call(this.#api.listTasks({}));
      // Pushes that came before the list's answer are newer than it.
      const known = new Set(this.tasks.map(({ id }) => id));
      this.tasks = sortTasks([...this.tasks, ...listed.filter(({ id }) => !known.has(id))]);
    });
    return this.#api.on.taskChanged((task) => this.#take(task));
  }

  async cancel(taskId: TaskId): Promise<void> {
    await this.#notices.attempt(() => call(this.#api.cancelTask({ taskId })));
  }

  find(taskId: TaskId): Task | undefined {
    return this.tasks.find(({ id }) => id === taskId);
  }

  #take(task: Task): void {
    const before = this.find(task.id);
    this.tasks = sortTasks([task, ...this.tasks.filter(({ id }) => id !== task.id)]);
    const justFailed = task.state === 'failed' && before?.state !== 'failed';
    if (justFailed && task.error !== null) this.#notices.reportBody(task.error);
  }
}

function sortTasks(tasks: readonly Task[]): readonly Task[] {
  return tasks
    .toSorted((one, other) => {
      const running = Number(other.state === 'running') - Number(one.state === 'running');
      return running !== 0 ? running : other.startedAt.localeCompare(one.startedAt);
    })
    .slice(0, KEPT);
}
