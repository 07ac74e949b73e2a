/** One line on the terminal: how far, how fast, how long. */
import { secondsLeft } from '#main/workflows/taskList';
import { plainText, type Terminal } from './terminal';

const WIDTH = 24;
const EVERY_MS = 100;

export type ProgressBar = {
  readonly total: (units: number) => void;
  readonly finished: (file: string) => void;
  readonly filmsPerSecond: number;
};

export function startProgressBar(terminal: Terminal): ProgressBar {
  const startedAt = performance.now();
  let done = 0;
  let total: number | null = null;
  let drawnAt = 0;
  const elapsedSeconds = (): number => (performance.now() - startedAt) / 1000;

  function draw(file: string): void {
    const now = performance.now();
    if (now - drawnAt < EVERY_MS) return;
    drawnAt = now;
    terminal.status(progressLine({ done, total, elapsedSeconds: elapsedSeconds(), file: plainText(file) }));
  }
  return {
    total: (units) => {
      total = units;
      draw('');
    },
    finished: (file) => {
      done++;
      draw(file);
    },
    get filmsPerSecond() {
      return done / elapsedSeconds();
    },
  };
}

export function progressLine(state: {
  readonly done: number;
  readonly total: number | null;
  readonly elapsedSeconds: number;
  readonly file: string;
}): string {
  const { done, total, elapsedSeconds, file } = state;
  const speed = `${(done / Math.max(elapsedSeconds, 0.001)).toFixed(1)} films/s`;
  if (total === null) return `${done} films  ${speed}  ${file}`;
  const filled = total === 0 ? WIDTH : Math.min(WIDTH, Math.round((done / total) * WIDTH));
  const left = secondsLeft(done, total, elapsedSeconds);
  const time = left === null ? '' : `  ${clock(left)} left`;
  return `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${done}/${total}  ${speed}${time}  ${file}`;
}

export function clock(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = String(seconds % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}
