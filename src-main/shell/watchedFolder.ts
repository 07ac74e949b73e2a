/**
 * The folder that the window watches, and whether it does: kept in the database, so that it goes on after a restart.
 * A folder that is gone (a drive that is not connected) or a missing model is tried again every half a minute.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { toErrorBody } from '#main/contract/errors';
import type { WatchState } from '#main/contract/watch';
import type { ImportedFile } from '#main/workflows/importFilms';
import type { Workplace } from '#main/workflows/openWorkplace';
import { watchFolder } from '#main/workflows/watchFolder';
import type { PushEvent } from './ipc/pushEvents';

/** A fact, not a setting: the audit of settings keeps their values, and a path may name a patient. */
const FACT = 'watched-folder';
const FactSchema = v.pipe(v.string(), v.parseJson(), v.object({ folder: v.string(), on: v.boolean() }));
const TRY_AGAIN_MS = 30_000;
/** Rows come in one by one: the worklist is told this often at most. */
const TELL_EVERY_MS = 1000;

export class WatchedFolder {
  readonly #workplace: Workplace;
  readonly #push: PushEvent;
  #state: WatchState = { folder: null, state: 'off', problem: null, imported: 0, lastAt: null };
  /** What goes on; null while it is off. */
  #watching: { readonly controller: AbortController; readonly ended: Promise<void> } | null = null;
  #untold = false;

  constructor(workplace: Workplace, push: PushEvent) {
    this.#workplace = workplace;
    this.#push = push;
  }

  get state(): WatchState {
    return this.#state;
  }

  /** Watches this folder from now on. */
  async choose(folder: string): Promise<WatchState> {
    return this.#turn(folder, true);
  }

  async setWatching(on: boolean): Promise<WatchState> {
    return this.#state.folder === null ? this.#state : this.#turn(this.#state.folder, on);
  }

  /** Goes on as the last session ended. */
  async resume(): Promise<void> {
    const fact = v.safeParse(FactSchema, await this.#workplace.database.getFact({ name: FACT }));
    if (!fact.success) return;
    this.#change({ folder: fact.output.folder });
    if (fact.output.on) this.#start(fact.output.folder);
  }

  /** Another model reads from now on. */
  async restart(): Promise<void> {
    const { folder } = this.#state;
    if (this.#watching === null || folder === null) return;
    await this.close();
    this.#start(folder);
  }

  /** Settles when the film at hand is done. */
  async close(): Promise<void> {
    this.#watching?.controller.abort();
    await this.#watching?.ended;
    this.#watching = null;
  }

  async #turn(folder: string, on: boolean): Promise<WatchState> {
    await this.close();
    await this.#workplace.database.setFact({ name: FACT, value: JSON.stringify({ folder, on }) });
    this.#change({ folder, state: 'off', problem: null });
    if (on) this.#start(folder);
    return this.#state;
  }

  #start(folder: string): void {
    this.#change({ state: 'watching', problem: null });
    const controller = new AbortController();
    this.#watching = { controller, ended: this.#watch(folder, controller.signal) };
  }

  /** Never rejects: what goes wrong is the state's problem, and is tried again. */
  async #watch(folder: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const reader = await this.#workplace.reader();
        this.#change({ state: 'watching', problem: null });
        await watchFolder(this.#workplace, reader, folder, { signal, onFile: (file) => this.#count(file) });
      } catch (error) {
        if (signal.aborted) return;
        this.#change({ state: 'waiting', problem: toErrorBody(error) });
        await sleep(TRY_AGAIN_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  #count({ end }: ImportedFile): void {
    if (end === 'ok' || end === 'refused') {
      this.#change({ imported: this.#state.imported + 1, lastAt: new Date().toISOString() });
    }
    if (this.#untold) return;
    this.#untold = true;
    setTimeout(() => {
      this.#untold = false;
      this.#push('studiesChanged', { studyId: null });
    }, TELL_EVERY_MS);
  }

  #change(changes: Partial<WatchState>): void {
    this.#state = { ...this.#state, ...changes };
    this.#push('watchChanged', this.#state);
  }
}
