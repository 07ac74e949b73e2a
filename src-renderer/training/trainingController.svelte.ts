/** The training page: what is being prepared or trained, the runs on disk, and which two of them are looked at. */
import type { ApiArgument, RecipeEntry } from '#main/contract/api';
import type { HilumApi } from '#main/contract/createApi';
import type { RunSummary } from '#main/contract/run';
import { IDLE, type TrainingState } from '#main/contract/training';
import { call } from '../shared/call';
import type { Notices } from '../shared/notices.svelte';

export class TrainingController {
  state: TrainingState = $state.raw(IDLE);
  runs: readonly RunSummary[] = $state.raw([]);
  recipes: readonly RecipeEntry[] = $state.raw([]);
  chosenId: string | null = $state(null);
  comparedId: string | null = $state(null);
  #pushed = false;

  /** The run that is on stands in front, else the one that was chosen, else the newest. */
  readonly chosen: RunSummary | null = $derived(
    this.runs.find(({ receipt }) => receipt.id === (this.chosenId ?? this.state.runId)) ?? this.runs[0] ?? null,
  );
  readonly compared: RunSummary | null = $derived(
    this.runs.find(({ receipt }) => receipt.id === this.comparedId && receipt.id !== this.chosen?.receipt.id) ?? null,
  );

  readonly #api: HilumApi;
  readonly #notices: Notices;

  constructor(api: HilumApi, notices: Notices) {
    this.#api = api;
    this.#notices = notices;
  }

  /** Returns the function that stops listening. */
  listen(): () => void {
    const stops = [
      this.#api.on.trainingChanged((state) => {
        this.#pushed = true;
        if (state.runId !== null && state.runId !== this.state.runId) this.chosenId = state.runId;
        this.state = state;
      }),
      this.#api.on.runsChanged(() => void this.#loadRuns()),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  async load(): Promise<void> {
    await this.#notices.attempt(async () => {
      const [state, recipes] = await Promise.all([
        call(this.#api.getTraining({})),
        call(this.#api.listRecipes({})),
        this.#loadRuns(),
      ]);
      if (!this.#pushed) this.state = state;
      this.recipes = recipes;
    });
  }

  choosePath(purpose: 'films' | 'labels'): Promise<string | null | undefined> {
    return this.#notices.attempt(() => call(this.#api.choosePath({ purpose })));
  }

  async plan(request: ApiArgument<'planRun'>): Promise<void> {
    await this.#take(() => call(this.#api.planRun(request)));
  }

  async control(to: ApiArgument<'controlRun'>['to']): Promise<void> {
    await this.#take(() => call(this.#api.controlRun({ to })));
  }

  async resume(id: string): Promise<void> {
    await this.#take(() => call(this.#api.resumeRun({ id })));
  }

  async #take(ask: () => Promise<TrainingState>): Promise<void> {
    this.state = (await this.#notices.attempt(ask)) ?? this.state;
  }

  async #loadRuns(): Promise<void> {
    this.runs = (await this.#notices.attempt(() => call(this.#api.listRuns({})))) ?? this.runs;
  }
}
