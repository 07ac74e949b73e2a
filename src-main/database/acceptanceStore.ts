/**
 * What a model was found to do on this site's films, and who answers for it: `HILUM_HOME/acceptances/ID.json`. It
 * lies beside the models and not in them, because a model that comes with Hilum is not ours to write to.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { AcceptanceSchema, type Acceptance } from '#main/contract/acceptance';
import type { ModelCard } from '#main/contract/card';
import { AppError } from '#main/contract/errors';
import { writeAtomically } from './writeDurably';

const FileSchema = v.pipe(v.string(), v.parseJson(), AcceptanceSchema);

/** Null where there is none. Throws `model/invalid` where there is one that can not be read. */
export async function readAcceptance(folder: string, id: string): Promise<Acceptance | null> {
  const file = join(folder, `${id}.json`);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  const acceptance = v.safeParse(FileSchema, text);
  if (acceptance.success) return acceptance.output;
  throw new AppError('model/invalid', `${file} can not be read: delete it and commission ${id} again.`, { model: id });
}

export async function removeAcceptance(folder: string, id: string): Promise<void> {
  await rm(join(folder, `${id}.json`), { force: true });
}

export async function writeAcceptance(folder: string, acceptance: Acceptance): Promise<void> {
  await writeAtomically(join(folder, `${acceptance.model.id}.json`), `${JSON.stringify(acceptance, null, 1)}\n`);
}

/** Cut-offs hold for the weights, and for the calibrated probabilities, that they were measured with. */
export function isAcceptanceOf({ weights, calibration }: ModelCard, { model, calibratedAt }: Acceptance): boolean {
  return model.weightsSha256 === weights.sha256 && (calibratedAt ?? null) === (calibration?.madeAt ?? null);
}

/** The card as the site uses it: with the cut-offs that were accepted, while the model is that of the test. */
export function applyAcceptance(card: ModelCard, acceptance: Acceptance | null): ModelCard {
  if (acceptance === null || acceptance.signed === null) return card;
  if (!isAcceptanceOf(card, acceptance)) return card;
  const { signed, findings, data, films, patients, rule, normals, views = [] } = acceptance;
  const chosen = Object.entries(findings).flatMap(([finding, { cutoff }]) =>
    cutoff === null ? [] : [[finding, cutoff] as const],
  );
  const positives = Object.entries(findings).map(([finding, figures]) => [finding, figures.positives] as const);
  const own = views.flatMap(({ view, cutoffs, ...on }) => {
    if (Object.keys(cutoffs).length === 0) return [];
    const chosenOn = { data, films: on.films, patients: on.patients, positives: on.positives };
    return [[view, { values: cutoffs, chosenOn }] as const];
  });
  return {
    ...card,
    cutoffs: {
      rule,
      values: Object.fromEntries(chosen),
      chosenOn: { data, films, patients, positives: normals === null ? {} : Object.fromEntries(positives) },
      ...(own.length === 0 ? {} : { byView: Object.fromEntries(own) }),
    },
    acceptance: { ...signed, films },
  };
}
