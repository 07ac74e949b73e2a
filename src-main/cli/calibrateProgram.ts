/** `hilum models calibrate` as commander knows it. */
import { Option, type Command } from 'commander';
import { CALIBRATION_METHODS } from '#main/workflows/calibrateModel';
import { calibrate, type CalibrateCommandOptions } from './commands/modelsCalibrate';
import { parseCount, parseSeed } from './evaluateProgram';
import type { Run } from './program';

export function addCalibration(models: Command, run: Run): void {
  models
    .command('calibrate')
    .description('make the probabilities of a model shares of films, and keep that in its card')
    .argument('<id>', 'the model')
    .option('--predictions <file.csv>', 'its probabilities: a column for the film, one per finding; .csv.gz too')
    .option('--images <path...>', 'or films, folders, ZIP archives, which it judges now')
    .option('--labels <file.csv>', 'what is on them')
    .addOption(new Option('--method <name>', 'how').choices(CALIBRATION_METHODS).default('platt'))
    .option('--data <name>', "what you call these films: it stands in the model's card (default: the labels' file)")
    .addOption(
      new Option('--bootstraps <n>', 'resamples of patients for the intervals').argParser(parseCount).default(1000),
    )
    .addOption(new Option('--seed <n>', 'of the resamples and the halves').argParser(parseSeed).default(1))
    .option('--undo', 'take the calibration of this site back, with what was accepted since')
    .option('--json', 'one JSON object')
    .addHelpText('after', CALIBRATE_HELP)
    .action((id: string, options: CalibrateCommandOptions) =>
      run((composition) => calibrate(composition, id, options)),
    );
}

const CALIBRATE_HELP = `
Fitted on half of the patients, and reported before and after on the other half; what was reported is what is kept, in
the model's card, with the films that it comes from. From then on every probability that Hilum gives out is calibrated,
in the window and here alike. Cut-offs are carried over, so that films keep their flags; isotonic regression gives many
films one probability, and flags of such films may change. Findings with fewer than 10 positive films in a half stay as
they are. Films of patients whom the model was trained on end it (label/leak).
  temperature        logit(p) / T: one number a finding
  platt              a · logit(p) + b
  isotonic           any rising curve: many films are needed

Examples:
  hilum models calibrate demo --images films --labels films.csv --data "Spring 2026"
  hilum models calibrate demo --predictions triage.csv --labels films.csv --method isotonic
  hilum models calibrate demo --undo`;
