/**
 * Owns the engine process: starts it, asks it for one thing at a time, replaces it when it dies. A crash fails the
 * request at hand with `engine/crashed`; requests that wait their turn are answered by the next process.
 */
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StartChild } from '#main/channel/channel';
import type { ModelCard } from '#main/contract/card';
import type { BackendId, BackendReport, EngineStatus } from '#main/contract/engine';
import { AppError, toErrorBody } from '#main/contract/errors';
import type { NetworkPixels } from '#main/contract/networkFilm';
import type { EngineProtocol, ProbeExtent } from '#main/engine/protocol/protocol';
import { startEngineProcess, type EngineProcess, type UsedModel } from './engineProcess';
import { Fallbacks } from './fallbacks';
import { createQueue } from './queue';

export type EngineHostOptions = {
  readonly start: StartChild;
  /** Pins a backend; null takes the first that passes its self-test. */
  readonly wanted?: BackendId | null;
  /** By default one for each core, at most 8. */
  readonly threads?: number;
  /** Path of TF.js's addon in the engine pack, asked at each start of the process; null where there is none. */
  readonly findAddon?: () => Promise<string | null>;
};

export type AnalyseOptions = { readonly maps: boolean; readonly signal?: AbortSignal | undefined };

/** Waits before the first, second … restart of a row of crashes; one crash more and the host gives up. */
const RESTART_DELAYS_MS = [0, 250, 1000, 4000];
/** Crashes further apart than this are no row. */
const ROW_MS = 60_000;
const MOST_THREADS = 8;

export class EngineHost {
  readonly #start: StartChild;
  readonly #wanted: BackendId | null;
  readonly #listeners = new Set<(status: EngineStatus) => void>();
  readonly #queue = createQueue();
  readonly #threads: number;
  readonly #findAddon: () => Promise<string | null>;
  /** What the process of now was given to start with. */
  #addon: string | null = null;
  readonly #fallbacks = new Fallbacks();
  #usesGpu = false;
  /** What its backend tells; '' where that is nothing. */
  #notice = '';
  #status: EngineStatus = { state: 'starting', backends: [], chosen: null, message: '', restarts: 0 };
  /** The process of now, or of soon: settled once it has chosen a backend. */
  #process: Promise<EngineProcess>;
  #current: EngineProcess | null = null;
  #model: UsedModel | null = null;
  #crashTimes: number[] = [];
  #closed = false;

  constructor(options: EngineHostOptions) {
    const { start, wanted = null, threads = Math.min(availableParallelism(), MOST_THREADS) } = options;
    this.#start = start;
    this.#findAddon = options.findAddon ?? (() => Promise.resolve(null));
    this.#wanted = wanted;
    this.#threads = threads;
    this.#process = this.#launch();
    this.#process.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.#current?.pid;
  }

  get usesGpu(): boolean {
    return this.#usesGpu;
  }

  status(): EngineStatus {
    return this.#status;
  }

  /** Calls back at every change; returns what ends it. */
  onStatus(listener: (status: EngineStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Settles once the engine is ready or has failed; never rejects. */
  async ready(): Promise<EngineStatus> {
    await this.#living().catch(() => undefined);
    return this.#status;
  }

  /**
   * Makes a model the one that `analyse` asks, also after a restart. Throws `model/not-found`,
   * `model/hash-mismatch`, `model/invalid`, `engine/unavailable`; the model of before then stays in use.
   */
  use(card: ModelCard, weightsPath: string): Promise<void> {
    const model = { card, weightsPath };
    return this.#queue.add(async () => {
      const process = await this.#living();
      await process.load(model);
      // Not earlier: who has waited for `use` analyses with the model that he asked for.
      this.#model = model;
    });
  }

  /**
   * `inputs` are [size·size] display grey each, as the model's card says. Throws `engine/crashed` where the process
   * died over them, `engine/unavailable`, `model/not-found` before the first `use`, `task/cancelled`.
   */
  analyse(inputs: readonly NetworkPixels[], options: AnalyseOptions): Promise<EngineProtocol['analyse']['reply']> {
    const model = this.#model;
    if (model === null) return Promise.reject(new AppError('model/not-found', 'No model is in use.'));
    return this.#queue.add(async () => {
      const process = await this.#living();
      try {
        const reply = await process.analyse(model, inputs, options);
        this.#note(reply.notice);
        return reply;
      } catch (error) {
        if (toErrorBody(error).code !== 'engine/out-of-memory' || !this.#fallbacks.usesGpu) throw error;
        this.#fallbacks.noteGpuTooSmall();
        await this.#replace();
        return (await this.#living()).analyse(model, inputs, options);
      }
    }, options.signal);
  }

  /** Tries and self-tests every backend, also those that were not needed. */
  tryAll({ measure }: { readonly measure: boolean }): Promise<readonly BackendReport[]> {
    return this.#queue.add(async () => {
      const process = await this.#living();
      const { backends } = await process.probe(this.#probing(measure ? 'measured' : 'all'));
      const reports = this.#fallbacks.reportsOf(backends);
      this.#setStatus({ backends: reports });
      return reports;
    });
  }

  async memory(): Promise<EngineProtocol['memory']['reply']> {
    const process = await this.#living();
    return process.memory();
  }

  /**
   * Replaces the process by a new one, which finds what was installed or removed since. What is under way ends first;
   * what waits is answered by the new process. Settles when that is ready or has failed; never rejects.
   */
  restart(): Promise<EngineStatus> {
    return this.#queue.add(async () => {
      this.#fallbacks.forget();
      await this.#replace();
      return this.#status;
    });
  }

  /** In its turn of the queue. */
  async #replace(): Promise<void> {
    const before = await this.#living().catch(() => null);
    if (this.#closed) return;
    await this.#end(before);
    this.#crashTimes = [];
    this.#setStatus({ state: 'starting', backends: [], chosen: null, message: '' });
    this.#process = this.#launch();
    await this.#process.catch(() => undefined);
  }

  /** On purpose: nobody's crash. */
  async #end(process: EngineProcess | null): Promise<void> {
    this.#current = null;
    await process?.kill(new AppError('engine/crashed', 'The engine was restarted.'));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#process = rejected(closed());
    await this.#current?.kill(closed());
  }

  /** The process that answers; waits for a restart that is under way. Throws `engine/unavailable`. */
  async #living(): Promise<EngineProcess> {
    for (;;) {
      const process = this.#process;
      try {
        return await process;
      } catch (error) {
        if (process === this.#process) throw error;
      }
    }
  }

  async #launch(): Promise<EngineProcess> {
    this.#addon = this.#fallbacks.usesNative ? await this.#findAddon() : null;
    if (this.#closed) throw closed();
    let ready = false;
    const process = startEngineProcess(this.#start, () => {
      // One that was replaced on purpose is nobody's crash.
      if (this.#current === process) this.#onExit(ready);
    });
    this.#current = process;
    const { backends: found, chosen, gpu } = await process.probe(this.#probing('needed'));
    const backends = this.#fallbacks.reportsOf(found);
    ready = true;
    this.#notice = '';
    this.#usesGpu = gpu === 'used';
    if (gpu === 'refused' && this.#fallbacks.usesGpu) {
      this.#fallbacks.noteGpuRefused(backends.find(({ id }) => id === 'tensorflow')!);
      await this.#end(process);
      return this.#launch();
    }
    if (chosen !== null) {
      const message = this.#messageOfState();
      this.#setStatus({ state: 'ready', backends, chosen, message });
      return process;
    }
    const reasons = backends.map(({ id, reason }) => `${id}: ${reason}`).join(' ');
    const error = new AppError('engine/unavailable', `No engine works on this computer. ${reasons}`);
    this.#setStatus({ state: 'failed', backends, chosen: null, message: error.message });
    await process.kill(error);
    throw error;
  }

  /** Called before the requests of the dead process fail, so that they meet the state of after. */
  #onExit(wasReady: boolean): void {
    if (this.#closed || this.#status.state === 'failed') return;
    if (!wasReady) this.#fallbacks.noteStartFailed(this.#addon !== null);
    else if (this.#usesGpu) this.#fallbacks.noteGpuCrashed();
    const now = performance.now();
    this.#crashTimes = [...this.#crashTimes.filter((time) => now - time < ROW_MS), now];
    const delay = RESTART_DELAYS_MS[this.#crashTimes.length - 1];
    const restarts = this.#status.restarts + 1;
    if (delay === undefined) {
      const message = `The engine process ended ${this.#crashTimes.length} times within a minute. It is not started again.`;
      this.#process = rejected(new AppError('engine/unavailable', message));
      this.#setStatus({ state: 'failed', chosen: null, message });
      return;
    }
    this.#process = sleep(delay).then(() => this.#launch());
    this.#process.catch(() => undefined);
    this.#setStatus({
      state: 'restarting',
      message: 'The engine process ended; a new one is being started.',
      restarts,
    });
  }

  /** What a person should know of an engine that works. */
  #messageOfState(): string {
    return this.#fallbacks.message() || this.#notice;
  }

  #note(notice: string): void {
    if (notice === this.#notice) return;
    this.#notice = notice;
    this.#setStatus({ message: this.#messageOfState() });
  }

  #probing(extent: ProbeExtent): EngineProtocol['start']['argument'] {
    const threads = this.#fallbacks.usesThreads ? this.#threads : 1;
    return { wanted: this.#wanted, threads, extent, addon: this.#addon, gpu: this.#fallbacks.usesGpu };
  }

  #setStatus(change: Partial<EngineStatus>): void {
    this.#status = { ...this.#status, ...change };
    for (const listener of this.#listeners) listener(this.#status);
  }
}

function closed(): AppError {
  return new AppError('engine/unavailable', 'The engine is closed.');
}

/** A rejection that may wait for somebody to ask. */
function rejected(error: AppError): Promise<never> {
  const promise = Promise.reject<never>(error);
  promise.catch(() => undefined);
  return promise;
}

export function createEngineHost(options: EngineHostOptions): EngineHost {
  return new EngineHost(options);
}
