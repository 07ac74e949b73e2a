/** What every command is given, and how it reaches the rest of Hilum. Nothing is opened before it is asked for. */
import { join } from 'node:path';
import { forkChild } from '#main/channel/forkChild';
import type { StartChild } from '#main/channel/channel';
import type { EngineStatus } from '#main/contract/engine';
import { helperEnvironment } from '#main/channel/helperEnvironment';
import { homeFolder } from '#main/database/homeFolder';
import { openWorkbench, type Workbench } from '#main/workflows/openWorkbench';
import { openWorkplace, type Workplace } from '#main/workflows/openWorkplace';
import type { Terminal } from './terminal';

export type Composition = {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** Each is closed when the command ends. */
  readonly openBench: (jobs?: number) => Workbench;
  readonly openPlace: (jobs?: number) => Promise<Workplace>;
  readonly close: () => Promise<void>;
};

export function compose(terminal: Terminal, signal: AbortSignal): Composition {
  const opened: Workbench[] = [];
  const resources = process.env['HILUM_RESOURCES'] ?? join(__dirname, '..', 'resources');
  // Helpers are bundles beside this one.
  const start: StartChild = (name) => forkChild(join(__dirname, `${name}.cjs`), helperEnvironment(name));
  let said = '';
  /** Which processor makes the numbers, and why not a better one: whoever waits for films hears of it. */
  function onEngine({ state, message }: EngineStatus): void {
    if (state === 'ready' && message !== '' && message !== said) terminal.say(`${message}\n`);
    if (state === 'ready') said = message;
  }
  return {
    terminal,
    signal,
    openBench: (jobs) => {
      const bench = openWorkbench({ home: homeFolder(), resources, start, jobs, onEngine });
      opened.push(bench);
      return bench;
    },
    openPlace: async (jobs) => {
      const databaseWorkerFile = join(__dirname, 'database.cjs');
      const actor = 'command line';
      const options = { home: homeFolder(), resources, start, jobs, onEngine };
      const place = await openWorkplace({ ...options, databaseWorkerFile, actor });
      opened.push(place);
      return place;
    },
    close: async () => {
      await Promise.allSettled(opened.map((bench) => bench.close()));
    },
  };
}
