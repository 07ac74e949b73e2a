/** The note of which model reads, and which ones read before it: `HILUM_HOME/models/active.json`. */
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { AppError } from '#main/contract/errors';
import { writeAtomically } from './writeDurably';

const ACTIVE_AT_FIRST = 'demo';
/** Rolling back further than this is choosing anew. */
const KEPT_PREVIOUS = 20;

const NoteSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ active: v.string(), previous: v.optional(v.array(v.string()), []) }),
);

export type ActiveModelNote = {
  readonly active: string;
  /** The last one is that of just before. */
  readonly previous: readonly string[];
};

/** Throws `model/invalid` where there is a note that can not be read. */
export async function readActiveModel(file: string): Promise<ActiveModelNote> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return { active: ACTIVE_AT_FIRST, previous: [] };
  const note = v.safeParse(NoteSchema, text);
  if (!note.success) {
    throw new AppError('model/invalid', 'The note of the active model can not be read.', { stateFile: file });
  }
  return note.output;
}

/** A note that can not be read is replaced: choosing a model is how it is mended. */
export async function noteActiveModel(file: string, id: string): Promise<void> {
  const before = await readActiveModel(file).catch(() => null);
  if (before?.active === id) return;
  const previous = before === null ? [] : [...before.previous, before.active].slice(-KEPT_PREVIOUS);
  await write(file, { active: id, previous });
}

/** The note of before the last choice. Throws `model/not-found` where there was no other. */
export async function noteBefore(file: string): Promise<ActiveModelNote> {
  const { previous } = await readActiveModel(file);
  const active = previous.at(-1);
  if (active === undefined) throw new AppError('model/not-found', 'No other model was active before this one.');
  return { active, previous: previous.slice(0, -1) };
}

export async function noteRollback(file: string): Promise<void> {
  await write(file, await noteBefore(file));
}

async function write(file: string, note: ActiveModelNote): Promise<void> {
  await writeAtomically(file, `${JSON.stringify(note)}\n`);
}
