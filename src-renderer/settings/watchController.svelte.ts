/** The watched folder as main tells of it. */
import type { HilumApi } from '#main/contract/createApi';
import type { WatchState } from '#main/contract/watch';
import { call } from '../shared/call';
import type { Notices } from '../shared/notices.svelte';

export class WatchController {
  state: WatchState = $state.raw({ folder: null, state: 'off', problem: null, imported: 0, lastAt: null });
  busy = $state(false);
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
      const state = await call(this.#api.getWatchState({}));
      if (!this.#pushed) this.state = state;
    });
    return this.#api.on.watchChanged((state) => {
      this.#pushed = true;
      this.state = state;
    });
  }

  async change(to: 'choose' | 'on' | 'off'): Promise<void> {
    this.busy = true;
    this.state = (await this.#notices.attempt(() => call(this.#api.changeWatching({ to })))) ?? this.state;
    this.busy = false;
  }
}
