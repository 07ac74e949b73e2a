/** The calibrations that this site has made of its models: `HILUM_HOME/calibrations/ID.json`. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { CalibrationNoteSchema, type CalibrationNote } from '#main/contract/calibration';
import type { ModelCard } from '#main/contract/card';
import { CUTOFF_VIEWS } from '#main/contract/cutoffs';
import { AppError } from '#main/contract/errors';
import { writeAtomically } from './writeDurably';

const FileSchema = v.pipe(v.string(), v.parseJson(), CalibrationNoteSchema);

/** Null where there is none. Throws `model/invalid` where there is one that can not be read. */
export async function readCalibration(folder: string, id: string): Promise<CalibrationNote | null> {
  const file = join(folder, `${id}.json`);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  const note = v.safeParse(FileSchema, text);
  if (note.success) return note.output;
  throw new AppError('model/invalid', `${file} can not be read: delete it and calibrate ${id} again.`, { model: id });
}

export async function writeCalibration(folder: string, note: CalibrationNote): Promise<void> {
  await writeAtomically(join(folder, `${note.model.id}.json`), `${JSON.stringify(note, null, 1)}\n`);
}

export async function removeCalibration(folder: string, id: string): Promise<void> {
  await rm(join(folder, `${id}.json`), { force: true });
}

/** The card as the site uses it, while the weights are those that were calibrated. */
export function applyCalibration(card: ModelCard, note: CalibrationNote | null): ModelCard {
  if (note === null || note.model.weightsSha256 !== card.weights.sha256) return card;
  return { ...card, calibration: note.calibration, cutoffs: card.cutoffs === null ? null : moved(card.cutoffs, note) };
}

type Cutoffs = NonNullable<ModelCard['cutoffs']>;

function moved(own: Cutoffs, { cutoffs, cutoffsByView }: CalibrationNote): Cutoffs {
  const byView = CUTOFF_VIEWS.flatMap((view) => {
    const before = own.byView?.[view];
    return before === undefined
      ? []
      : [[view, { ...before, values: { ...before.values, ...cutoffsByView?.[view] } }] as const];
  });
  return {
    ...own,
    values: { ...own.values, ...cutoffs },
    ...(byView.length === 0 ? {} : { byView: Object.fromEntries(byView) }),
  };
}
