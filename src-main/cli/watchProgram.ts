/** `hilum watch` as commander knows it. */
import { Command } from 'commander';
import { watch, type WatchCommandOptions } from './commands/watch';
import type { Run } from './program';

export function watchCommand(run: Run): Command {
  return new Command('watch')
    .description('import and judge the films that come into a folder, until Ctrl-C')
    .argument('<dir>', 'the folder; what lies below it counts too')
    .option('--model <id>', 'the model that judges (default: the active one)')
    .option('--json', 'one JSON object per film and line')
    .addHelpText('after', WATCH_HELP)
    .action((folder: string, options: WatchCommandOptions) =>
      run((composition) => watch(composition, folder, options)),
    );
}

const WATCH_HELP = `
A file is taken when its size and its time have not changed for 2 seconds; dot files and empty files are passed over.
It is read where it lies, never moved and never changed, and goes into the worklist of the workstation. The same bytes
are one film: watching again, or a file that goes and comes back, brings nothing twice.

Examples:
  hilum watch /var/spool/films
  hilum watch /var/spool/films --json >> films.jsonl`;
