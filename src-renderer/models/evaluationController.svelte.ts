/** A model on labelled films: the evaluation that runs, and the last one of the model that is looked at. */
import type { HilumApi } from '#main/contract/createApi';
import type { KeptEvaluation } from '#main/contract/evaluation';
import type { TaskId } from '#main/contract/ids';
import { call } from '../shared/call';
import type { Notices } from '../shared/notices.svelte';

export class EvaluationController {
  task: TaskId | null = $state(null);
  kept: KeptEvaluation | null = $state.raw(null);
  /** Where its page lies; null until it is saved. */
  savedTo: string | null = $state(null);
  #modelId: string | null = null;

  readonly #api: HilumApi;
  readonly #notices: Notices;

  constructor(api: HilumApi, notices: Notices) {
    this.#api = api;
    this.#notices = notices;
  }

  /** Returns the function that stops listening. */
  listen(): () => void {
    return this.#api.on.taskChanged(({ kind, state }) => {
      if (kind === 'evaluate' && state === 'done') void this.#load();
    });
  }

  /** The model that is looked at. */
  async show(modelId: string): Promise<void> {
    if (modelId === this.#modelId) return;
    this.#modelId = modelId;
    this.kept = null;
    this.savedTo = null;
    await this.#load();
  }

  async start(argument: Parameters<HilumApi['evaluateModel']>[0]): Promise<void> {
    const taskId = await this.#notices.attempt(() => call(this.#api.evaluateModel(argument)));
    this.task = taskId ?? this.task;
  }

  async save(): Promise<void> {
    const id = this.#modelId;
    if (id === null) return;
    const file = await this.#notices.attempt(() => call(this.#api.saveEvaluation({ id })));
    if (id === this.#modelId) this.savedTo = file ?? this.savedTo;
  }

  async #load(): Promise<void> {
    const id = this.#modelId;
    if (id === null) return;
    const kept = await this.#notices.attempt(() => call(this.#api.getEvaluation({ id })));
    if (kept === undefined || id !== this.#modelId) return;
    if (kept?.measuredAt !== this.kept?.measuredAt) this.savedTo = null;
    this.kept = kept;
  }
}
