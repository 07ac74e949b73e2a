/**
 * The one run that the window prepares and trains. The computer does not sleep while it works, and may while it rests:
 * by day, where it was told to train by night only, and while a person has paused it. Whatever ends it, it can be gone
 * on with from its last checkpoint.
 */
import { powerSaveBlocker } from 'electron';
import { AppError, cancelled } from '#main/contract/errors';
import type { RunEvent, RunProgress } from '#main/contract/run';
import { IDLE, type TrainingPlan, type TrainingState } from '#main/contract/training';
import type { Workplace } from '#main/workflows/openWorkplace';
import type { TaskList, TaskReporter } from '#main/workflows/taskList';
import { planRun, type RunPlan, type RunRequest } from '#main/workflows/training/planRun';
import { beginRun, resumeRun, type RetrainOptions, type RetrainResult } from '#main/workflows/training/retrain';
import type { PushEvent } from './ipc/pushEvents';

/** Hours of the computer's clock. */
const NIGHT = { from: 20, to: 6 };
const LOOK_EVERY_MS = 30_000;
/** Steps of a head take milliseconds: the window follows this often. */
const TELL_EVERY_MS = 250;

export class Trainer {
  readonly #workplace: Workplace;
  readonly #tasks: TaskList;
  readonly #push: PushEvent;
  #state: TrainingState = IDLE;
  #plan: RunPlan | null = null;
  #stop: (() => void) | null = null;
  #pause: ((paused: boolean) => void) | null = null;
  /** Keeps the computer awake; null while there is no work. */
  #awake: number | null = null;
  #toldAt = 0;
  /** Films of all epochs that were done before this session. */
  #doneBefore: number | null = null;

  constructor(workplace: Workplace, tasks: TaskList, push: PushEvent) {
    this.#workplace = workplace;
    this.#tasks = tasks;
    this.#push = push;
  }

  get state(): TrainingState {
    return this.#state;
  }

  get isOn(): boolean {
    return this.#state.phase === 'running' || this.#state.phase === 'stopping';
  }

  /** Reads, caches and divides the films. Throws `training/busy` where a run is on or being prepared. */
  plan(request: RunRequest): TrainingState {
    this.#requireIdle();
    this.#change({ ...IDLE, nightOnly: this.#state.nightOnly, phase: 'planning' });
    const task = this.#tasks.run('train', 'Preparing films for training', async (reporter) => {
      try {
        this.#plan = await planRun(this.#workplace, request, reporter);
        this.#change({ phase: 'planned', plan: describePlan(this.#plan) });
      } catch (error) {
        this.#change({ phase: 'idle' });
        throw error;
      }
    });
    this.#stop = () => this.#tasks.cancel(task.id);
    return this.#state;
  }

  begin(): TrainingState {
    const plan = this.#plan;
    if (this.#state.phase !== 'planned' || plan === null) throw new AppError('usage/invalid', 'No run is prepared.');
    return this.#train(plan.receipt.id, (options) => beginRun(this.#workplace, plan, options));
  }

  resume(id: string): TrainingState {
    this.#requireIdle();
    return this.#train(id, (options) => resumeRun(this.#workplace, id, options));
  }

  /** After the step at hand and its checkpoint; of a preparation: at once. A plan is dropped. */
  stop(): TrainingState {
    if (this.#state.phase === 'planned') this.#change({ phase: 'idle', plan: null });
    else this.#stop?.();
    if (this.#state.phase === 'running') this.#change({ phase: 'stopping' });
    return this.#state;
  }

  pause(paused: boolean): TrainingState {
    this.#change({ paused: paused ? 'person' : null });
    this.#pause?.(paused);
    this.#lookAtTheClock();
    return this.#state;
  }

  setNightOnly(nightOnly: boolean): TrainingState {
    this.#change({ nightOnly });
    this.#lookAtTheClock();
    return this.#state;
  }

  #requireIdle(): void {
    if (this.#state.phase === 'idle' || this.#state.phase === 'planned') return;
    throw new AppError('training/busy', 'A run is on, or being prepared. Stop it first.');
  }

  #train(runId: string, work: (options: RetrainOptions) => Promise<RetrainResult>): TrainingState {
    this.#plan = null;
    this.#doneBefore = null;
    const { nightOnly } = this.#state;
    this.#change({ ...IDLE, nightOnly, phase: 'running', runId });
    const task = this.#tasks.run('train', `Training of ${runId}`, async (reporter) => {
      const clock = setInterval(() => this.#lookAtTheClock(), LOOK_EVERY_MS);
      try {
        const { outcome } = await work({
          signal: reporter.signal,
          onEvent: (event) => this.#take(event, reporter),
          onStart: ({ pause }) => {
            this.#pause = pause;
            this.#lookAtTheClock();
            // Paused before the process was there.
            if (this.#state.paused !== null) pause(true);
          },
        });
        if (outcome === 'stopped') throw cancelled();
      } finally {
        clearInterval(clock);
        this.#pause = null;
        this.#change({ ...IDLE, nightOnly: this.#state.nightOnly });
        this.#push('runsChanged', {});
        this.#push('modelsChanged', {});
      }
    });
    this.#stop = () => this.#tasks.cancel(task.id);
    return this.#state;
  }

  #take(event: RunEvent, reporter: TaskReporter): void {
    if (event.kind === 'epoch') this.#push('runsChanged', {});
    if (event.kind !== 'progress') return;
    const { progress } = event;
    this.#state = { ...this.#state, progress };
    if (Date.now() - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = Date.now();
    this.#tellTask(progress, reporter);
    this.#change({});
  }

  /** The task counts the films of all epochs from here on, so that what is left of it is what is left of the run. */
  #tellTask({ phase, epoch, epochs, done, total }: RunProgress, reporter: TaskReporter): void {
    reporter.phase(phase === 'features' ? 'frozen layers' : `epoch ${epoch} of ${epochs}`);
    if (phase === 'features') {
      reporter.total(total);
      reporter.done(done);
    } else if (phase === 'training') {
      const doneOfAll = (epoch - 1) * total + done;
      this.#doneBefore ??= doneOfAll;
      reporter.total(epochs * total - this.#doneBefore);
      reporter.done(doneOfAll - this.#doneBefore);
    }
  }

  /** A person's pause counts more than the night. */
  #lookAtTheClock(): void {
    if (this.#pause === null || this.#state.paused === 'person') return;
    const hour = new Date().getHours();
    const rests = this.#state.nightOnly && hour >= NIGHT.to && hour < NIGHT.from;
    if (rests === (this.#state.paused === 'day')) return;
    this.#pause(rests);
    this.#change({ paused: rests ? 'day' : null });
  }

  #change(changes: Partial<TrainingState>): void {
    this.#state = { ...this.#state, ...changes };
    this.#keepAwake(this.isOn && this.#state.paused === null);
    this.#push('trainingChanged', this.#state);
  }

  #keepAwake(works: boolean): void {
    if (works === (this.#awake !== null)) return;
    if (this.#awake === null) this.#awake = powerSaveBlocker.start('prevent-app-suspension');
    else {
      powerSaveBlocker.stop(this.#awake);
      this.#awake = null;
    }
  }
}

function describePlan({ receipt, data, estimate, initial }: RunPlan): TrainingPlan {
  const { training, validation, split } = receipt.data;
  return {
    ...{ id: receipt.id, recipe: receipt.recipe, from: initial?.id ?? null, split, warnings: data.warnings },
    training: { films: training.films, patients: training.patients },
    validation: { films: validation.films, patients: validation.patients },
    testFilms: data.places.test.length,
    findings: data.counts.training.map(({ finding, positives, films, learnable }, index) => ({
      ...{ finding, positives, films, learnable },
      validationPositives: data.counts.validation[index]?.positives ?? 0,
      measurable: data.counts.validation[index]?.measurable ?? false,
    })),
    diskBytes: estimate.diskBytes,
    seconds: estimate.seconds,
    epochs: receipt.values.epochs,
  };
}
