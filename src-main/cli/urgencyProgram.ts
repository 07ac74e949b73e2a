/** `hilum urgency` as commander knows it. */
import { Command } from 'commander';
import { changeTiers, resetTiers, showTiers, type UrgencyCommandOptions } from './commands/urgency';
import { addHelpCommand } from './helpCommand';
import type { Run } from './program';

export function urgencyCommand(run: Run): Command {
  const command = new Command('urgency')
    .description('show or change how urgent each finding is at this site')
    .option('--json', 'one JSON object')
    .addHelpText('after', URGENCY_HELP)
    .action((options: UrgencyCommandOptions) => run((composition) => showTiers(composition, options)));
  command
    .command('set')
    .description('give findings other tiers: 1 is the most urgent, none raises nothing')
    .argument('<finding=tier...>', 'as in Mass=2 Hernia=none')
    .action((changes: string[]) => run((composition) => changeTiers(composition, changes)));
  command
    .command('reset')
    .description('back to the tiers that Hilum comes with')
    .action(() => run((composition) => resetTiers(composition)));
  addHelpCommand(command, 'show help of a command');
  return command;
}

const URGENCY_HELP = `
The rule of the priority ("hilum triage --help") is the same in window and command line. A change counts for every film
from then on, and for those that were judged before: the worklist is sorted anew. Results name the tiers that are not
Hilum's own beside their cut-offs.

Examples:
  hilum urgency
  hilum urgency set Mass=2 Nodule=2
  hilum urgency reset`;
