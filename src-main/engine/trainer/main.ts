/**
 * The training process: one run, then its end. It has a lower priority than the engine that reads, whose films do not
 * wait for an epoch, and its crash costs nobody else anything.
 */
import { constants, setPriority } from 'node:os';
import { serve } from '#main/channel/channel';
import { parentPort } from '#main/channel/parentPort';
import { READING_SHARE_MB, type TrainingProtocol } from '#main/engine/protocol/trainingProtocol';
import { serveFilmThread } from './filmThread';
import { runTraining } from './runTraining';

function startProcess(): void {
  // Before any thread is started: those inherit it.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  // The same sums in the same order, for runs that are resumed. Read when the library is loaded.
  process.env['TF_DETERMINISTIC_OPS'] ??= '1';
  // Ignored where less than that is free (TensorFlow's gpu_device.cc): no run is started on such a GPU.
  process.env['TF_DEVICE_MIN_SYS_MEMORY_IN_MB'] ??= String(READING_SHARE_MB);
  let stopped = false;
  let paused = false;
  let goOn: () => void = () => undefined;

  async function unpaused(): Promise<void> {
    while (paused && !stopped) await new Promise<void>((resolve) => (goOn = resolve));
  }

  const server = serve<TrainingProtocol>(parentPort(), {
    train: (job) => runTraining(job, { stopped: () => stopped, unpaused }, (event) => server.emit(event.kind, event)),
    stop: () => {
      stopped = true;
      goOn();
      return null;
    },
    pause: (wanted) => {
      ({ paused } = wanted);
      goOn();
      return null;
    },
  });
}

if (!serveFilmThread()) startProcess();
