/** All that the main process pushes to the window. Channel name = member name. */
import type { EngineStatus } from './engine';
import type { StudyId } from './ids';
import type { Task } from './task';
import type { TrainingState } from './training';
import type { WatchState } from './watch';

export type AppEvents = {
  /** Null: anything may have changed (another process wrote to the database). */
  readonly studiesChanged: { readonly studyId: StudyId | null };
  readonly taskChanged: Task;
  readonly engineChanged: EngineStatus;
  readonly watchChanged: WatchState;
  /** Models came, were tested, or another one reads. */
  readonly modelsChanged: Record<string, never>;
  readonly trainingChanged: TrainingState;
  /** An epoch was added, or a run ended. */
  readonly runsChanged: Record<string, never>;
  /** From the application menu. */
  readonly menuCommand: {
    readonly command: 'open-folder' | 'open-files' | 'show-settings' | 'show-keys' | 'show-about';
  };
};

export type EventName = keyof AppEvents;

/** A compile error here means that the list and the type differ. */
const names: Record<EventName, true> = {
  studiesChanged: true,
  taskChanged: true,
  engineChanged: true,
  watchChanged: true,
  modelsChanged: true,
  trainingChanged: true,
  runsChanged: true,
  menuCommand: true,
};
export const EVENT_NAMES = Object.keys(names) as readonly EventName[];
