/** `hilum models activate|rollback`: which model reads where nobody names one. */
import type { ModelCard } from '#main/contract/card';
import { activateModel as makeActive, rollBackModel, type Signature } from '#main/workflows/activateModel';
import type { Composition } from '../composition';
import { EXIT, type ExitCode } from '../exitCodes';
import { AppError } from '#main/contract/errors';
import type { ModelsCommandOptions } from './models';

export type ActivateCommandOptions = ModelsCommandOptions & { readonly by?: string; readonly reason?: string };

export async function activateModel(
  composition: Composition,
  id: string,
  options: ActivateCommandOptions,
): Promise<ExitCode> {
  const { terminal, openBench, signal } = composition;
  const signature = readSignature(options);
  terminal.status(`Trying ${id} on the films of the self-test …`);
  return tell(composition, await makeActive(openBench(), id, signature, signal), options);
}

export async function rollBack(composition: Composition, options: ModelsCommandOptions): Promise<ExitCode> {
  const { terminal, openBench, signal } = composition;
  terminal.status('Trying the model of before on the films of the self-test …');
  return tell(composition, await rollBackModel(openBench(), signal), options);
}

function readSignature({ by = '', reason = '' }: ActivateCommandOptions): Signature | null {
  const signature = { by: by.trim(), reason: reason.trim() };
  if (signature.by === '' && signature.reason === '') return null;
  if (signature.by !== '' && signature.reason !== '') return signature;
  throw new AppError('usage/invalid', 'Who lets a model read gives both a name and a reason: --by and --reason.');
}

function tell({ terminal }: Composition, card: ModelCard, { json }: ModelsCommandOptions): ExitCode {
  terminal.status('');
  const { id, version, weights, cutoffs, acceptance = null } = card;
  const accepted =
    acceptance === null
      ? 'It came with Hilum; how good it is on your films, nobody has said.'
      : `${acceptance.by} accepted it after a test on ${acceptance.films} films of this site.`;
  terminal.print(
    json === true
      ? `${JSON.stringify({ active: id, version, weightsSha256: weights.sha256, cutoffSet: cutoffs?.rule ?? null, acceptance })}\n`
      : `${id} reads now. ${accepted} Predictions of other models stay, each under its model's name.\n`,
  );
  return EXIT.done;
}
