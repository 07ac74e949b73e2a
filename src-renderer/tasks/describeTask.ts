/** A task in words: how far it is, or how it ended. */
import { formatBytes } from '#main/contract/formatBytes';
import type { Task } from '#main/contract/task';
import { formatCount, formatDuration } from '../shared/formatText';

/** 0…1; null while the work is still being counted. */
export function taskFraction({ progress, state }: Task): number | null {
  if (state === 'done') return 1;
  if (progress.total === null) return null;
  return progress.total === 0 ? 0 : Math.min(1, progress.done / progress.total);
}

type Units = { readonly format: (count: number) => string; readonly counted: (count: number) => string };

const FILMS: Units = { format: formatCount, counted: (count) => (count === 0 ? '' : `${formatCount(count)} found`) };
const BYTES: Units = { format: formatBytes, counted: (count) => (count === 0 ? '' : formatBytes(count)) };
const UNITS: Readonly<Record<Task['kind'], Units>> = {
  import: FILMS,
  analyse: FILMS,
  install: BYTES,
  commission: FILMS,
  compare: FILMS,
  evaluate: FILMS,
  train: FILMS,
};

/** `34 of 120 · analysing · 12 s left`. */
export function describeProgress({ kind, progress }: Task): string {
  const { done, total, phase, etaSeconds } = progress;
  const units = UNITS[kind];
  const parts = [
    total === null ? units.counted(done) : `${units.format(done)} of ${units.format(total)}`,
    phase,
    etaSeconds === null ? '' : `${formatDuration(etaSeconds)} left`,
  ];
  return parts.filter((part) => part !== '').join(' · ') || 'starting';
}

const ENDS: Readonly<Record<Task['state'], string>> = {
  running: 'running',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
};

const OK_WORDS: Readonly<Record<Task['kind'], string>> = {
  import: 'imported',
  analyse: 'analysed',
  install: '',
  commission: 'judged',
  compare: 'judged',
  evaluate: 'judged',
  train: 'read',
};

/** `done: 118 imported, 2 known, 1 failed`. */
export function describeEnd({ state, kind, counts }: Task): string {
  const parts = [
    counts.ok > 0 ? `${formatCount(counts.ok)} ${OK_WORDS[kind]}` : '',
    counts.known > 0 ? `${formatCount(counts.known)} known already` : '',
    counts.refused > 0 ? `${formatCount(counts.refused)} refused` : '',
    counts.failed > 0 ? `${formatCount(counts.failed)} failed` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? ENDS[state] : `${ENDS[state]}: ${parts.join(', ')}`;
}
