/**
 * What the training process keeps of a run, each file whole or not at all: a kill, a power cut or a full disk at any
 * byte leaves what was there before.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { AppError } from '#main/contract/errors';
import { readSafetensors, writeSafetensors } from '#main/chexnet/formats/safetensors';
import type { Weights } from '#main/chexnet/network/weights';
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint, type LoopState } from '#main/chexnet/training/checkpoint';
import { encodeEpochs, runFiles } from '#main/database/runRegistry';
import { writeAtomically } from '#main/database/writeDurably';

export type RunFolder = {
  /** Null where the run has none yet. Throws `model/invalid`, `file/unreadable`. */
  readCheckpoint(): Promise<Checkpoint | null>;
  /** Throws `disk/full`, `file/unwritable`; so do the others that write. */
  writeCheckpoint(checkpoint: Checkpoint): Promise<void>;
  writeEpochs(loop: LoopState): Promise<void>;
  /** What is trained of the network, at its lowest validation loss. */
  writeBest(weights: Weights): Promise<void>;
  readBest(): Promise<Weights>;
  /** The whole network, for the registry. */
  writeModel(weights: Weights): Promise<void>;
};

export function openRunFolder(folder: string): RunFolder {
  const files = runFiles(folder);
  return {
    readCheckpoint: async () => (existsSync(files.last) ? decodeCheckpoint(await read(files.last)) : null),
    writeCheckpoint: (checkpoint) => write(files.last, encodeCheckpoint(checkpoint)),
    writeEpochs: ({ beginning, records }) => write(files.epochs, encodeEpochs(beginning ?? null, records)),
    writeBest: (weights) => write(files.best, writeSafetensors(weights)),
    readBest: async () => readSafetensors(await read(files.best)).weights,
    writeModel: (weights) => write(files.model, writeSafetensors(weights, { format: 'pt' })),
  };
}

async function read(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new AppError('file/unreadable', 'A file of the run can not be read.', { file }, cause);
  }
}

async function write(file: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeAtomically(file, content);
  } catch (cause) {
    throw unwritable(file, cause);
  }
}

export function unwritable(file: string, cause: unknown): AppError {
  if ((cause as NodeJS.ErrnoException).code === 'ENOSPC') {
    return new AppError('disk/full', 'The disk is full; the run can go on from its last checkpoint.', { file }, cause);
  }
  return new AppError('file/unwritable', 'A file of the run can not be written.', { file }, cause);
}
