/** What each model was last found to be worth on labelled films: `HILUM_HOME/evaluations/ID.json`. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { AppError } from '#main/contract/errors';
import type { EvaluationReport, KeptEvaluation } from '#main/contract/evaluation';
import { writeAtomically } from './writeDurably';

/** A report is written by this version of its schema alone, and whole: what it says of itself is enough. */
const FileSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    schema: v.literal(2),
    measuredAt: v.string(),
    report: v.custom<EvaluationReport>((report) => typeof report === 'object' && report !== null),
  }),
);

/** Null where there is none. Throws `model/invalid` where there is one that can not be read. */
export async function readEvaluation(folder: string, id: string): Promise<KeptEvaluation | null> {
  const file = join(folder, `${id}.json`);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  const kept = v.safeParse(FileSchema, text);
  if (kept.success) return kept.output;
  throw new AppError('model/invalid', `${file} can not be read: evaluate ${id} again.`, { model: id });
}

export async function writeEvaluation(folder: string, id: string, kept: KeptEvaluation): Promise<void> {
  await writeAtomically(join(folder, `${id}.json`), `${JSON.stringify(kept)}\n`);
}
