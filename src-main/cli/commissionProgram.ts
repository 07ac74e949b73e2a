/** `hilum models commission|activate`: from a model that somebody has to the one that reads here. */
import { Option, type Command } from 'commander';
import { commission, type CommissionCommandOptions } from './commands/commission';
import { activateModel, type ActivateCommandOptions } from './commands/modelsActivate';
import { BY_VIEW_HELP } from './byViewHelp';
import { parseShare } from './parseShare';
import type { Run } from './program';

export function addCommissioning(models: Command, run: Run): void {
  models
    .command('commission')
    .description('test a model on films of your own beside the one that reads now, and choose its cut-offs')
    .argument('<id>', 'the model')
    .requiredOption('--images <path...>', 'folders, films or archives: 300 films are enough')
    .option('--labels <file.csv>', 'what is on them; without it there is no AUROC')
    .addOption(
      new Option('--budget <share>', 'normal films that may be flagged: 15% or 0.15')
        .argParser(parseShare)
        .default(0.15, '15%'),
    )
    .option('--no-by-view', 'choose one cut-off for all views, and none for AP and PA films apart')
    .option('--data <name>', 'what you call these films: it stands in the model’s card (default: that folder’s name)')
    .option('--json', 'one JSON object')
    .addHelpText('after', COMMISSION_HELP)
    .action((id: string, options: CommissionCommandOptions) =>
      run((composition) => commission(composition, id, options)),
    );
  models
    .command('activate')
    .description('make a model the one that reads, once it is accepted and has passed its self-test')
    .argument('<id>', 'the model')
    .option('--by <name>', 'who answers for it')
    .option('--reason <text>', 'why it may read')
    .option('--json', 'one JSON object')
    .action((id: string, options: ActivateCommandOptions) =>
      run((composition) => activateModel(composition, id, options)),
    );
}

const COMMISSION_HELP = `
Both models judge the films. You get, with 95 % intervals, the AUROC of each finding and the difference to the model
that reads now (DeLong, films of one patient taken together), cut-offs that keep the budget, and every film whose flags
would change. Every finding alone may flag the same share of normal films; together they keep the budget. Films without
labels are not known to be normal: then the budget is one of all films.
${BY_VIEW_HELP}
So either view keeps the budget, where with one cut-off AP films take most of it. A film is read by the view in its own
header, whatever labels said of the films that chose. The model reads when you have signed for it:

  hilum models commission ours-2 --images films --labels films.csv --data "Spring 2026"
  hilum models activate ours-2 --by "Dr Lang" --reason "better than demo for effusions"
  hilum models rollback`;
