/**
 * How urgent each finding is at this site: `HILUM_HOME/urgency.json`, absent where nobody changed it. A file, because
 * `hilum analyse` and the help of `hilum triage` tell the rule without opening a database.
 */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { AppError } from '#main/contract/errors';
import { DEFAULT_URGENCY_TIERS, UrgencyTiersSchema, type UrgencyTiers } from '#main/contract/findings';
import { homePaths } from './homeFolder';
import { writeAtomically } from './writeDurably';

const NoteSchema = v.pipe(v.string(), v.parseJson(), v.object({ tiers: UrgencyTiersSchema }));

/** Throws `settings/invalid`: urgency is never guessed. */
export function readUrgency(home: string): UrgencyTiers {
  const { urgencyFile } = homePaths(home);
  let text: string;
  try {
    text = readFileSync(urgencyFile, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return DEFAULT_URGENCY_TIERS;
    throw error;
  }
  const note = v.safeParse(NoteSchema, text);
  if (note.success) return note.output.tiers;
  throw new AppError('settings/invalid', `The urgency of the findings can not be read: ${urgencyFile}`, {
    stateFile: urgencyFile,
  });
}

export async function noteUrgency(home: string, tiers: UrgencyTiers): Promise<void> {
  await writeAtomically(homePaths(home).urgencyFile, `${JSON.stringify({ tiers })}\n`);
}
