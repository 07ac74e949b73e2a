/** The engine in the settings: the native pack, the memory it takes, and measuring its backends. */
import type { HilumApi } from '#main/contract/createApi';
import type { EnginePackState } from '#main/contract/engine';
import type { TaskId } from '#main/contract/ids';
import type { Task } from '#main/contract/task';
import { call } from '../shared/call';
import type { Notices } from '../shared/notices.svelte';

export class EnginePackController {
  pack: EnginePackState | null = $state.raw(null);
  /** Resident bytes of the engine's process; null until it has answered. */
  memoryBytes: number | null = $state.raw(null);
  busy: 'measuring' | 'removing' | null = $state(null);
  /** The installation that this window has started last. */
  installation: TaskId | null = $state(null);

  readonly #api: HilumApi;
  readonly #notices: Notices;

  constructor(api: HilumApi, notices: Notices) {
    this.#api = api;
    this.#notices = notices;
  }

  /** Returns the function that stops listening. */
  listen(): () => void {
    return this.#api.on.taskChanged((task) => this.#follow(task));
  }

  async load(): Promise<void> {
    this.pack = (await this.#notices.attempt(() => call(this.#api.getEnginePack({})))) ?? this.pack;
    await this.loadMemory();
  }

  /** An engine that does not answer is told by its state, not here. */
  async loadMemory(): Promise<void> {
    this.memoryBytes = await call(this.#api.getEngineMemory({})).catch(() => null);
  }

  async install(from: 'index' | 'file'): Promise<void> {
    const taskId = await this.#notices.attempt(() => call(this.#api.installEnginePack({ from })));
    if (taskId !== undefined && taskId !== null) this.installation = taskId;
  }

  async remove(): Promise<void> {
    this.busy = 'removing';
    this.pack = (await this.#notices.attempt(() => call(this.#api.removeEnginePack({})))) ?? this.pack;
    this.busy = null;
    await this.loadMemory();
  }

  async measure(): Promise<void> {
    this.busy = 'measuring';
    await this.#notices.attempt(() => call(this.#api.getEngineStatus({ measure: true })));
    this.busy = null;
    await this.loadMemory();
  }

  #follow(task: Task): void {
    if (task.kind !== 'install') return;
    this.installation = task.id;
    if (task.state !== 'running') void this.load();
  }
}
