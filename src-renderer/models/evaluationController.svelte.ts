/** A model on labelled films: the evaluation that runs, and what it found. */
import type { HilumApi } from '#main/contract/createApi';
import type { EvaluationReport } from '#main/contract/evaluation';
import type { TaskId } from '#main/contract/ids';
import { call } from '../shared/call';
import type { Notices } from '../shared/notices.svelte';

export class EvaluationController {
  task: TaskId | null = $state(null);
  report: EvaluationReport | null = $state.raw(null);
  /** Where its page lies; null until it is saved. */
  savedTo: string | null = $state(null);

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

  async start(argument: Parameters<HilumApi['evaluateModel']>[0]): Promise<void> {
    this.report = null;
    this.savedTo = null;
    const taskId = await this.#notices.attempt(() => call(this.#api.evaluateModel(argument)));
    if (taskId === undefined) return;
    this.task = taskId;
    // It may have ended before its number was known here.
    await this.#load(taskId);
  }

  async save(): Promise<void> {
    const taskId = this.task;
    if (taskId === null) return;
    const file = await this.#notices.attempt(() => call(this.#api.saveEvaluation({ taskId })));
    this.savedTo = file ?? this.savedTo;
  }

  async #load(taskId: TaskId): Promise<void> {
    const report = await this.#notices.attempt(() => call(this.#api.getEvaluation({ taskId })));
    if (taskId === this.task) this.report = report ?? this.report;
  }
}
