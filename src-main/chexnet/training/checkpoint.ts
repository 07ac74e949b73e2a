/**
 * A run at one moment, as one file: weights, running statistics, Adam's moments, and where the loop is. One file, so
 * that it is there whole or not at all. Random numbers need no state: they depend on seed, epoch and film alone.
 */
import { AppError } from '#main/contract/errors';
import type { EpochRecord, Measured } from '#main/contract/run';
import { readSafetensors, writeSafetensors } from '../formats/safetensors';
import type { Tensor, Weights } from '../network/weights';
import type { PlateauState } from './plateau';
import type { TrainingState } from './stepper';

export type LoopState = {
  /** Epochs that are done, validation included. */
  readonly epochsDone: number;
  /** Films of the next epoch that have been trained on. */
  readonly position: number;
  /** Σ loss · films over those, for the mean of the epoch. */
  readonly lossSum: number;
  /** Seconds that those took. */
  readonly seconds: number;
  readonly plateau: PlateauState;
  /** The weights before the first step; missing until they are measured. */
  readonly beginning?: Measured;
  /** Epoch 0: those before the first step. */
  readonly best: { readonly epoch: number; readonly validationLoss: number } | null;
  readonly records: readonly EpochRecord[];
};

export type Checkpoint = { readonly state: TrainingState; readonly loop: LoopState };

const LOOP = 'hilum.loop';
const STEP = 'hilum.step';
const PARTS = ['weights', 'first', 'second'] as const;

export function encodeCheckpoint({ state, loop }: Checkpoint): Uint8Array {
  const parts = { weights: state.weights, ...state.moments };
  const tensors = PARTS.flatMap((part) =>
    [...parts[part]].map(([name, tensor]) => [`${part}/${name}`, tensor] as const),
  );
  return writeSafetensors(new Map(tensors), { [LOOP]: JSON.stringify(loop), [STEP]: String(state.step) });
}

/** Throws `model/invalid` where it is damaged, or no checkpoint. */
export function decodeCheckpoint(file: Uint8Array): Checkpoint {
  const { weights, metadata } = readSafetensors(file);
  const [loop, step] = [metadata[LOOP], metadata[STEP]];
  if (loop === undefined || step === undefined)
    throw new AppError('model/invalid', 'This is not a checkpoint of a run.');
  const [values, first, second] = PARTS.map((part) => only(weights, `${part}/`));
  const state = { weights: values!, moments: { first: first!, second: second! }, step: Number(step) };
  return { state, loop: JSON.parse(loop) as LoopState };
}

function only(tensors: Weights, prefix: string): Map<string, Tensor> {
  return new Map(
    [...tensors].flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor] as const] : [],
    ),
  );
}
