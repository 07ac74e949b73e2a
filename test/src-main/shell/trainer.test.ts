import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { cancelled } from '#main/contract/errors';
import { runFiles } from '#main/database/runRegistry';
import type { Workplace } from '#main/workflows/openWorkplace';
import { createTaskList } from '#main/workflows/taskList';
import { RECIPES } from '#main/workflows/training/planRun';
import { Trainer } from '#main/shell/trainer';

const awake = vi.hoisted(() => ({ ids: new Set<number>(), started: 0 }));

vi.mock('electron', () => ({
  powerSaveBlocker: {
    start: (): number => {
      awake.ids.add(++awake.started);
      return awake.started;
    },
    stop: (id: number): boolean => awake.ids.delete(id),
  },
}));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
});

/** A run of a head that goes on until it is told to stop; nothing is computed. */
async function openTrainer(): Promise<{ readonly trainer: Trainer; readonly started: Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'hilum-trainer-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const pixelsFile = join(folder, 'films.u8');
  await writeFile(pixelsFile, '');
  await writeFile(runFiles(folder).films, JSON.stringify({ pixelsFile, training: [], validation: [], patients: [] }));
  const data = { training: { positives: {}, negatives: {} } };
  const receipt = {
    id: 'r',
    end: null,
    backend: 'wasm',
    values: RECIPES.head.values,
    findings: [],
    initial: null,
    data,
  };
  let begin = (): void => undefined;
  const started = new Promise<void>((resolve) => (begin = resolve));
  let stop = (): void => undefined;
  const ended = new Promise<never>((_resolve, reject) => (stop = () => reject(cancelled())));
  const workplace = {
    runs: {
      get: () => Promise.resolve({ receipt, state: 'stopped' }),
      lock: () => Promise.resolve(async () => {}),
      folder: () => folder,
    },
    startTraining: () => {
      setImmediate(begin);
      return { pid: 1, ended, stop, pause: () => undefined };
    },
  } as unknown as Workplace;
  const tasks = createTaskList({ onChange: () => undefined, save: () => Promise.resolve() });
  return { trainer: new Trainer(workplace, tasks, () => undefined), started };
}

it('keeps the computer awake while it trains, and lets it sleep by day, while it is paused, and afterwards', async () => {
  vi.setSystemTime(new Date(2026, 0, 2, 21, 0));
  const { trainer, started } = await openTrainer();
  trainer.setNightOnly(true);
  expect(awake.ids.size).toBe(0);
  trainer.resume('r');
  await started;
  expect([trainer.state.paused, awake.ids.size]).toEqual([null, 1]);
  vi.setSystemTime(new Date(2026, 0, 3, 6, 1));
  vi.advanceTimersByTime(60_000);
  expect([trainer.state.paused, awake.ids.size]).toEqual(['day', 0]);
  vi.setSystemTime(new Date(2026, 0, 3, 20, 1));
  vi.advanceTimersByTime(60_000);
  expect([trainer.state.paused, awake.ids.size]).toEqual([null, 1]);
  trainer.pause(true);
  expect([trainer.state.paused, awake.ids.size]).toEqual(['person', 0]);
  trainer.pause(false);
  expect(awake.ids.size).toBe(1);
  trainer.stop();
  await vi.waitFor(() => expect(trainer.state.phase).toBe('idle'));
  expect(awake.ids.size).toBe(0);
});
