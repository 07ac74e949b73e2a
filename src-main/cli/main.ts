/**
 * The command line of Hilum: the same rooms as the window, composed without Electron. Data goes to standard output,
 * words to standard error, and every way to end has its exit code.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError, type Command } from 'commander';
import { isCancelled } from '#main/contract/errors';
import { compose, type Composition } from './composition';
import { describeProblem } from './describeProblem';
import { EXIT, exitCodeOf, type ExitCode } from './exitCodes';
import { cancelOnInterrupt } from './interrupt';
import { createProgram } from './program';
import { openTerminal } from './terminal';

const terminal = openTerminal();

function versionOfProduct(): string {
  const text = readFileSync(join(__dirname, '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

async function runCommand(work: (composition: Composition) => Promise<ExitCode>): Promise<ExitCode> {
  const composition = compose(terminal, cancelOnInterrupt());
  try {
    return await work(composition);
  } catch (error) {
    if (!isCancelled(error)) terminal.say(describeProblem(error));
    return exitCodeOf(error);
  } finally {
    await composition.close();
  }
}

/** Commander's own words for wrong usage, in our form. */
function tellUsage(program: Command): void {
  const commands = [program, ...program.commands.flatMap((command) => [command, ...command.commands])];
  for (const command of commands) {
    command.exitOverride().configureOutput({
      outputError: (text, write) => {
        const sentence = text
          .trim()
          .replace(/^error: /, '')
          .replaceAll('\n', ' ');
        write(`hilum: ${sentence} [usage/invalid]\n       See "${commandLine(command)} --help".\n`);
      },
    });
  }
}

function commandLine(command: Command): string {
  return command.parent === null ? command.name() : `${commandLine(command.parent)} ${command.name()}`;
}

async function main(): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  const program = createProgram(versionOfProduct(), async (work) => {
    exitCode = await runCommand(work);
  });
  tellUsage(program);
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.done : EXIT.wrongUsage;
  }
  return exitCode;
}

// Whoever reads our output may stop: `hilum triage … | head`. That ends the work, and is nobody's fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? EXIT.done : EXIT.ourFault);
});
process.stderr.on('error', () => undefined);

void main().then(
  (exitCode) => process.stdout.write('', () => process.exit(exitCode)),
  (error: unknown) => {
    terminal.say(describeProblem(error));
    process.exit(EXIT.ourFault);
  },
);
