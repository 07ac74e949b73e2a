/**
 * A model becomes the one that reads, or becomes it again: only after it has passed every check here, and somebody has
 * answered for what it did on this site's films (commissionModel).
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Acceptance } from '#main/contract/acceptance';
import type { ModelCard } from '#main/contract/card';
import { AppError } from '#main/contract/errors';
import { isAcceptanceOf } from '#main/database/acceptanceStore';
import type { Workbench } from './openWorkbench';

/** What this one needs of a workbench. */
export type CheckingBench = Pick<Workbench, 'models' | 'reader' | 'resources'>;

/** Who lets a model read, and why: for people who ask later. */
export type Signature = { readonly by: string; readonly reason: string };

/** Throws what is wrong with the model. */
type ModelCheck = (bench: CheckingBench, card: ModelCard, signal?: AbortSignal) => Promise<void>;

const CHECKS: readonly ModelCheck[] = [checkHash, checkNumbers];

/**
 * `signature` null where the model has been accepted before. Throws `model/not-accepted`, `model/hash-mismatch`,
 * `model/invalid`, `engine/unavailable`; the model of before then stays.
 */
export async function activateModel(
  bench: CheckingBench,
  id: string,
  signature: Signature | null,
  signal?: AbortSignal,
): Promise<ModelCard> {
  const card = await bench.models.get(id);
  const acceptance = await findAcceptance(bench, card, signature);
  await checkModel(bench, card, signal);
  if (acceptance !== null) await bench.models.noteAcceptance(acceptance);
  await bench.models.activate(id);
  return bench.models.get(id);
}

/** The acceptance with its signature; null where none is needed, because the model came with Hilum, as what it is. */
async function findAcceptance(
  { models }: CheckingBench,
  card: ModelCard,
  signature: Signature | null,
): Promise<Acceptance | null> {
  const { id } = card;
  const acceptance = await models.acceptance(id);
  if (acceptance === null || !isAcceptanceOf(card, acceptance)) {
    if (signature === null && models.isBuiltIn(id)) return null;
    throw notAccepted(id, `it has not been tested on films of this site: hilum models commission ${id}`);
  }
  if (signature !== null) return { ...acceptance, signed: { ...signature, at: new Date().toISOString() } };
  if (acceptance.signed !== null) return acceptance;
  if (models.isBuiltIn(id)) return null;
  throw notAccepted(id, 'nobody has signed for its test yet: give a name and a reason');
}

function notAccepted(id: string, why: string): AppError {
  return new AppError('model/not-accepted', `${id} may not read yet: ${why}.`, { model: id });
}

/** The model of before is checked as well: its file may have been damaged since. Throws as `activateModel` does. */
export async function rollBackModel(bench: CheckingBench, signal?: AbortSignal): Promise<ModelCard> {
  const card = await bench.models.previous();
  await findAcceptance(bench, card, null);
  await checkModel(bench, card, signal);
  await bench.models.rollback();
  return card;
}

async function checkModel(bench: CheckingBench, card: ModelCard, signal?: AbortSignal): Promise<void> {
  for (const check of CHECKS) await check(bench, card, signal);
}

async function checkHash({ models }: CheckingBench, { id }: ModelCard, signal?: AbortSignal): Promise<void> {
  await models.verify(id, signal);
}

/** The engine takes it (names, shapes, finite weights), and it gives the films of the self-test probabilities. */
async function checkNumbers(bench: CheckingBench, card: ModelCard, signal?: AbortSignal): Promise<void> {
  const { network } = await bench.reader(card.id);
  const folder = join(bench.resources, 'selftest');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.grey'));
  if (names.length === 0) throw new AppError('engine/self-test-failed', 'The films of the self-test are missing.');
  for (const name of names) {
    const { probabilities } = await network.analyse(await readFile(join(folder, name)), { maps: false, signal });
    const areProbabilities = probabilities.every((value) => value >= 0 && value <= 1);
    if (probabilities.length === card.findings.length && areProbabilities) continue;
    throw new AppError('model/invalid', `The model ${card.id} gives numbers that are no probabilities.`, {
      model: card.id,
      film: name,
    });
  }
}
