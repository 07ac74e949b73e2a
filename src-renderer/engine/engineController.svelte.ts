/** The engine's state as main pushes it. */
import type { HilumApi } from '#main/contract/createApi';
import type { EngineStatus } from '#main/contract/engine';
import { call } from '../shared/call';
import type { Notices } from '../shared/notices.svelte';

const STARTING: EngineStatus = { state: 'starting', backends: [], chosen: null, message: '', restarts: 0 };

export class EngineController {
  status: EngineStatus = $state.raw(STARTING);
  #pushed = false;

  readonly #api: HilumApi;
  readonly #notices: Notices;

  constructor(api: HilumApi, notices: Notices) {
    this.#api = api;
    this.#notices = notices;
  }

  /** Returns the function that stops listening. */
  listen(): () => void {
    void this.#notices.attempt(async () => {
      const status = await call(this.#api.getEngineStatus({ measure: false }));
      if (!this.#pushed) this.status = status;
    });
    return this.#api.on.engineChanged((status) => {
      this.#pushed = true;
      this.status = status;
    });
  }
}
