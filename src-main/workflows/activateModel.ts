/** A model becomes the one that reads, or becomes it again: only after it has passed every check here. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelCard } from '#main/contract/card';
import { AppError } from '#main/contract/errors';
import type { Workbench } from './openWorkbench';

/** What this one needs of a workbench. */
export type CheckingBench = Pick<Workbench, 'models' | 'reader' | 'resources'>;

/** Throws what is wrong with the model. A site's own acceptance test is one more of these. */
type ModelCheck = (bench: CheckingBench, card: ModelCard, signal?: AbortSignal) => Promise<void>;

const CHECKS: readonly ModelCheck[] = [checkHash, checkNumbers];

/** Throws `model/hash-mismatch`, `model/invalid`, `engine/unavailable`; the model of before then stays. */
export async function activateModel(bench: CheckingBench, id: string, signal?: AbortSignal): Promise<ModelCard> {
  const card = await bench.models.get(id);
  await checkModel(bench, card, signal);
  await bench.models.activate(id);
  return card;
}

/** The model of before is checked as well: its file may have been damaged since. Throws as `activateModel` does. */
export async function rollBackModel(bench: CheckingBench, signal?: AbortSignal): Promise<ModelCard> {
  const card = await bench.models.previous();
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
