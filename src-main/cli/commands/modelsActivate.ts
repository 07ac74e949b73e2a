/** `hilum models activate|rollback`: which model reads where nobody names one. */
import type { ModelCard } from '#main/contract/card';
import { activateModel as makeActive, rollBackModel } from '#main/workflows/activateModel';
import type { Composition } from '../composition';
import { EXIT, type ExitCode } from '../exitCodes';
import type { ModelsCommandOptions } from './models';

export async function activateModel(
  composition: Composition,
  id: string,
  options: ModelsCommandOptions,
): Promise<ExitCode> {
  const { terminal, openBench, signal } = composition;
  terminal.status(`Trying ${id} on the films of the self-test …`);
  return tell(composition, await makeActive(openBench(), id, signal), options);
}

export async function rollBack(composition: Composition, options: ModelsCommandOptions): Promise<ExitCode> {
  const { terminal, openBench, signal } = composition;
  terminal.status('Trying the model of before on the films of the self-test …');
  return tell(composition, await rollBackModel(openBench(), signal), options);
}

function tell({ terminal }: Composition, card: ModelCard, { json }: ModelsCommandOptions): ExitCode {
  terminal.status('');
  const { id, version, weights } = card;
  terminal.print(
    json === true
      ? `${JSON.stringify({ active: id, version, weightsSha256: weights.sha256 })}\n`
      : `${id} reads now. It has passed its self-test; how good it is on your films, that does not say.\n`,
  );
  return EXIT.done;
}
