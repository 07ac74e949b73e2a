/** Two models on the same films: the comparison that runs, and what it found. */
import type { HilumApi } from '#main/contract/createApi';
import type { ModelsComparison } from '#main/contract/comparison';
import type { TaskId } from '#main/contract/ids';
import { call } from '../shared/call';
import type { Notices } from '../shared/notices.svelte';

export class ComparisonController {
  task: TaskId | null = $state(null);
  result: ModelsComparison | null = $state.raw(null);

  readonly #api: HilumApi;
  readonly #notices: Notices;

  constructor(api: HilumApi, notices: Notices) {
    this.#api = api;
    this.#notices = notices;
  }

  /** Returns the function that stops listening. */
  listen(): () => void {
    return this.#api.on.taskChanged(({ id, state }) => {
      if (id === this.task && state === 'done') void this.#load(id);
    });
  }

  async start(argument: Parameters<HilumApi['compareModels']>[0]): Promise<void> {
    this.result = null;
    const taskId = await this.#notices.attempt(() => call(this.#api.compareModels(argument)));
    if (taskId === undefined) return;
    this.task = taskId;
    // It may have ended before its number was known here.
    await this.#load(taskId);
  }

  async #load(taskId: TaskId): Promise<void> {
    const result = await this.#notices.attempt(() => call(this.#api.getComparison({ taskId })));
    if (taskId === this.task) this.result = result ?? this.result;
  }
}
