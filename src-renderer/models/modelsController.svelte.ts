/** The models page: the list, which one is looked at, which one it is compared with, and what is under way. */
import type { HilumApi } from '#main/contract/createApi';
import { toErrorBody, type ErrorBody } from '#main/contract/errors';
import type { TaskId } from '#main/contract/ids';
import type { ModelEntry, ModelList } from '#main/contract/model';
import { call } from '../shared/call';
import type { Notices } from '../shared/notices.svelte';

export type ModelAction = 'verifying' | 'importing' | 'activating' | 'rolling-back';

export class ModelsController {
  list: ModelList = $state.raw({ models: [], previous: null, presets: [] });
  chosenId: string | null = $state(null);
  comparedId: string | null = $state(null);
  busy: ModelAction | null = $state(null);
  /** Weights that were read through since the page was opened. */
  verified: ReadonlySet<string> = $state.raw(new Set());
  test: TaskId | null = $state(null);
  /** Shown where the person is: a notice would lie under the dialog. */
  importProblem: ErrorBody | null = $state.raw(null);

  readonly active: ModelEntry | null = $derived(this.list.models.find(({ active }) => active) ?? null);
  readonly chosen: ModelEntry | null = $derived(
    this.list.models.find(({ id }) => id === this.chosenId) ?? this.active ?? this.list.models[0] ?? null,
  );
  readonly compared: ModelEntry | null = $derived(
    this.list.models.find(({ id }) => id === this.comparedId && id !== this.chosen?.id) ?? null,
  );

  readonly #api: HilumApi;
  readonly #notices: Notices;

  constructor(api: HilumApi, notices: Notices) {
    this.#api = api;
    this.#notices = notices;
  }

  /** Returns the function that stops listening. */
  listen(): () => void {
    return this.#api.on.modelsChanged(() => void this.load());
  }

  async load(): Promise<void> {
    await this.#take(() => call(this.#api.listModels({})));
  }

  choose(id: string): void {
    this.chosenId = id;
  }

  async verify(id: string): Promise<void> {
    const done = await this.#busyWith('verifying', () => call(this.#api.verifyModel({ id })));
    if (done !== undefined) this.verified = new Set([...this.verified, id]);
  }

  choosePath(purpose: 'films' | 'labels' | 'model'): Promise<string | null | undefined> {
    return this.#notices.attempt(() => call(this.#api.choosePath({ purpose })));
  }

  /** True where the model is in the list now; else `importProblem` says why. */
  async importFile(file: string, id: string, preset: string | null): Promise<boolean> {
    this.busy = 'importing';
    this.importProblem = null;
    try {
      this.list = await call(this.#api.importModel({ file, id, preset }));
      this.chosenId = id;
      return true;
    } catch (error) {
      this.importProblem = toErrorBody(error);
      return false;
    } finally {
      this.busy = null;
    }
  }

  /** The acceptance test, as a task. */
  async commission(argument: Parameters<HilumApi['commissionModel']>[0]): Promise<void> {
    const taskId = await this.#notices.attempt(() => call(this.#api.commissionModel(argument)));
    if (taskId !== undefined) this.test = taskId;
  }

  async activate(id: string, signature: { by: string; reason: string } | null): Promise<void> {
    await this.#take(() => this.#busyWith('activating', () => call(this.#api.activateModel({ id, signature }))));
  }

  async rollBack(): Promise<void> {
    await this.#take(() => this.#busyWith('rolling-back', () => call(this.#api.rollBackModel({ confirmed: true }))));
    this.chosenId = null;
  }

  async #take(ask: () => Promise<ModelList | undefined>): Promise<void> {
    this.list = (await this.#notices.attempt(ask)) ?? this.list;
  }

  async #busyWith<Value>(action: ModelAction, act: () => Promise<Value>): Promise<Value | undefined> {
    this.busy = action;
    const value = await this.#notices.attempt(act);
    this.busy = null;
    return value;
  }
}
