/** `hilum engine`: which backends there are, whether their numbers are right, and how fast they are. */
import { BACKEND_IDS, type BackendReport } from '#main/contract/engine';
import type { Composition } from '../composition';
import { EXIT, type ExitCode } from '../exitCodes';
import { textTable, type TextColumn } from '../textTable';

export type EngineCommandOptions = { readonly json?: boolean; readonly bench?: boolean };

const STATES = { true: 'works', false: 'not available', null: 'not tried' };

const COLUMNS: readonly TextColumn<BackendReport>[] = [
  { heading: 'backend', cell: ({ id }) => id },
  { heading: 'state', cell: ({ available }) => STATES[`${available}`] },
  { heading: 'device', cell: ({ device }) => device },
  {
    heading: 'self-test',
    cell: ({ selfTestMaxDifference }) => selfTestMaxDifference?.toExponential(1) ?? '',
    align: 'right',
  },
  { heading: 'ms/film', cell: ({ millisecondsPerFilm }) => millisecondsPerFilm?.toFixed(0) ?? '', align: 'right' },
  { heading: 'reason', cell: ({ reason }) => reason },
];

export async function engine(
  { terminal, openBench }: Composition,
  { json, bench }: EngineCommandOptions,
): Promise<ExitCode> {
  const host = openBench().engine();
  terminal.status(bench === true ? 'Measuring the backends …' : 'Testing the backends …');
  const status = await host.ready();
  // Who asks wants to know of all of them; one that was not needed takes a second.
  const tried = status.state === 'ready' ? await host.tryAll({ measure: bench === true }) : status.backends;
  const backends = [...tried].sort((a, b) => BACKEND_IDS.indexOf(a.id) - BACKEND_IDS.indexOf(b.id));
  const { chosen, message } = status;
  terminal.status('');
  if (json === true) terminal.print(`${JSON.stringify({ backends, chosen, message })}\n`);
  else {
    // The time stays empty unless it was asked for, the reason where all is well.
    const columns = COLUMNS.filter(({ cell }) => backends.some((backend) => cell(backend) !== ''));
    terminal.print(textTable(columns, backends));
    terminal.print(
      chosen === null
        ? '\n'
        : `\n${chosen} makes the numbers. The self-test is the largest difference in probability from stored references.\n`,
    );
    if (chosen === null) terminal.say(`hilum: ${message} [engine/unavailable]\n`);
  }
  return chosen === null ? EXIT.noEngineOrModel : EXIT.done;
}
