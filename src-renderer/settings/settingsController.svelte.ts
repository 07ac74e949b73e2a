/** Settings of reading: applied at once, saved a moment later, so that a slider does not write sixty times a second. */
import type { HilumApi } from '#main/contract/createApi';
import { DEFAULT_SETTINGS, type Settings } from '#main/contract/settings';
import { call } from '../shared/call';
import type { Notices } from '../shared/notices.svelte';

const SAVE_AFTER_MS = 400;

export class SettingsController {
  current: Settings = $state.raw(DEFAULT_SETTINGS);
  #unsaved: Partial<Settings> = {};
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly #api: HilumApi;
  readonly #notices: Notices;

  constructor(api: HilumApi, notices: Notices) {
    this.#api = api;
    this.#notices = notices;
  }

  async load(): Promise<void> {
    const settings = await this.#notices.attempt(() => call(this.#api.getSettings({})));
    if (settings !== undefined) this.current = { ...settings, ...this.#unsaved };
  }

  change(changes: Partial<Settings>): void {
    this.current = { ...this.current, ...changes };
    this.#unsaved = { ...this.#unsaved, ...changes };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.save(), SAVE_AFTER_MS);
  }

  async save(): Promise<void> {
    clearTimeout(this.#timer);
    const changes = this.#unsaved;
    if (Object.keys(changes).length === 0) return;
    this.#unsaved = {};
    await this.#notices.attempt(() => call(this.#api.updateSettings(changes)));
  }
}
