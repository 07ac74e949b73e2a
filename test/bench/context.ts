/** What every part of the benchmark works with. */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { ModelCardSchema, type ModelCard } from '#main/contract/card';
import type { Peer } from './peer/preparePeer';

export const ROOT = join(import.meta.dirname, '..', '..');
export const DIST = join(ROOT, 'dist');
export const MODEL_FOLDER = join(ROOT, 'resources', 'models', 'demo');
export const GOLDEN_FOLDER = join(ROOT, 'test', 'fixtures', 'golden');

/** Hilum and the peer may use the whole machine. */
export const THREADS = availableParallelism();

export type Bench = {
  readonly card: ModelCard;
  /** null where it could not be installed: its columns stay empty. */
  readonly peer: Peer | null;
  /** A folder that is removed at the end. */
  readonly scratch: string;
  /** Measurements of each row; the quick ones take a multiple of it. */
  readonly rounds: number;
  say(line: string): void;
};

export async function readCard(): Promise<ModelCard> {
  return v.parse(ModelCardSchema, JSON.parse(await readFile(join(MODEL_FOLDER, 'card.json'), 'utf8')));
}
