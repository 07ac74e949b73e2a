/** One run in a process of its own: started, told to pause or stop, and heard of. */
import { createCaller, type StartChild } from '#main/channel/channel';
import { AppError } from '#main/contract/errors';
import type { RunEvent } from '#main/contract/run';
import type { TrainingJob, TrainingProtocol } from '#main/engine/protocol/trainingProtocol';

export type RunningTraining = {
  readonly pid: number | undefined;
  /** Settles when the process is gone. Throws what `TrainingProtocol.train` throws, and `engine/crashed`. */
  readonly ended: Promise<TrainingProtocol['train']['reply']>;
  /** After the step at hand and its checkpoint. */
  stop(): void;
  pause(paused: boolean): void;
};

export function startTraining(
  start: StartChild,
  job: TrainingJob,
  onEvent: (event: RunEvent) => void,
): RunningTraining {
  const child = start('trainer');
  const caller = createCaller<TrainingProtocol>(child);
  const gone = new Promise<void>((resolve) => {
    child.onExit(() => {
      caller.fail(
        new AppError('engine/crashed', 'The training process ended; the run can go on from its last checkpoint.'),
      );
      resolve();
    });
  });
  caller.onEvent((_, event) => onEvent(event as RunEvent));

  async function train(): Promise<TrainingProtocol['train']['reply']> {
    try {
      return await caller.request('train', job);
    } finally {
      child.kill();
      await gone;
    }
  }

  return {
    get pid() {
      return child.pid;
    },
    ended: train(),
    stop: () => void caller.request('stop', {}).catch(() => undefined),
    pause: (paused) => void caller.request('pause', { paused }).catch(() => undefined),
  };
}
