/**
 * How a batch fits into memory: whole; whole, with activations computed twice; in pieces. Only the last changes numbers
 * (batch norm sees each piece alone), so it is part of a run from its beginning on, and the receipt tells.
 */
import { AppError } from '#main/contract/errors';
import type { Hyperparameters, MemoryPlan, TrainingBackend } from '#main/contract/run';

/** What the training process may use. */
export type Room = { readonly backend: TrainingBackend; readonly inElectron: boolean; readonly freeBytes: number };

export function roomHere(backend: TrainingBackend): Room {
  return {
    backend,
    inElectron: process.versions['electron'] !== undefined,
    // Within the limits of a container too.
    freeBytes: process.availableMemory(),
  };
}

/** Peak of the training process in bytes: measured on CPU at 224×224, batches of 4, 8 and 16 (a line through them). */
const MEMORY = {
  tensorflow: { base: 0.85e9, film: 0.15e9, recomputedBase: 1.0e9, recomputedFilm: 0.07e9 },
  wasm: { base: 0.43e9, film: 0.16e9, recomputedBase: 0.45e9, recomputedFilm: 0.082e9 },
} as const;
/** WASM has 4 GB of addresses, which no batch may exhaust. */
const WASM_BYTES = 3.5e9;
/**
 * In Electron TensorFlow's allocator is held to 2 GB (see binding.ts), and a batch that does not fit there ends the
 * process instead of failing. In Electron 33 12 films fitted and 16 did not; recomputing, 42 did and 51 did not.
 */
const ELECTRON_FILMS = { kept: 10, recomputed: 32 };
const SMALLEST_PIECE = 2;

/** Films of one piece that fit, either way; `hard`: whatever memory is free. */
function countFitting({ backend, inElectron, freeBytes }: Room, hard: boolean) {
  const { base, film, recomputedBase, recomputedFilm } = MEMORY[backend];
  const addresses = backend === 'wasm' ? WASM_BYTES : Number.POSITIVE_INFINITY;
  const bytes = hard ? addresses : Math.min(freeBytes, addresses);
  const limit = backend === 'tensorflow' && inElectron ? ELECTRON_FILMS : null;
  return {
    kept: Math.min(Math.floor((bytes - base) / film), limit?.kept ?? Number.POSITIVE_INFINITY),
    recomputed: Math.min(
      Math.floor((bytes - recomputedBase) / recomputedFilm),
      limit?.recomputed ?? Number.POSITIVE_INFINITY,
    ),
  };
}

/** For a run that begins: recomputation first, then pieces of the batch. */
export function fitMemory({ part, batch }: Hyperparameters, room: Room): MemoryPlan {
  const { kept, recomputed } = countFitting(room, false);
  if (part !== 'all' || batch <= kept) return { recompute: false, microBatch: null };
  if (batch <= recomputed) return { recompute: true, microBatch: null };
  return { recompute: true, microBatch: Math.max(SMALLEST_PIECE, recomputed) };
}

/**
 * For a run that goes on here, whoever began it: its batches and pieces are what they were. Throws
 * `training/impossible` where they can not be.
 */
export function fitMemoryAgain({ part, batch }: Hyperparameters, planned: MemoryPlan, room: Room): MemoryPlan {
  if (part !== 'all') return planned;
  const films = planned.microBatch ?? batch;
  if (films > countFitting(room, true).recomputed) {
    throw new AppError(
      'training/impossible',
      `The run takes ${films} films at once, which do not fit here: "hilum train --resume" may go on with it.`,
    );
  }
  return { ...planned, recompute: planned.recompute || films > countFitting(room, false).kept };
}

/** The next smaller way; null where there is none. */
export function shrinkMemory(
  { part, batch }: Hyperparameters,
  { recompute, microBatch }: MemoryPlan,
): MemoryPlan | null {
  if (part !== 'all') return null;
  if (!recompute) return { recompute: true, microBatch };
  const smaller = Math.floor((microBatch ?? batch) / 2);
  return smaller < SMALLEST_PIECE ? null : { recompute: true, microBatch: smaller };
}

/** One sentence; '' where there is nothing to say. */
export function describeMemory({ recompute, microBatch }: MemoryPlan): string {
  if (microBatch !== null) {
    return `Memory does not suffice for whole batches: they are cut into pieces of ${microBatch}; batch norm sees each piece alone.`;
  }
  return recompute ? 'To save memory, activations are computed twice; no number changes.' : '';
}
