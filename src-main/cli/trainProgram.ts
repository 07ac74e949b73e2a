/** `hilum train`: its options and its help. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { RECIPE_NAMES, TRAINING_TASKS } from '#main/contract/run';
import { RECIPES } from '#main/workflows/training/planRun';
import { train, type TrainCommandOptions } from './commands/train';
import type { Run } from './program';

export function trainCommand(run: Run): Command {
  const command = new Command('train')
    .description('train CheXNet on films of your own')
    .option('--images <dir>', 'a folder of films: DICOM, PNG, JPEG, TIFF, ZIP archives')
    .option('--labels <csv>', 'their labels: a table of NIH, CheXpert, MIMIC-CXR or PadChest, or file,FINDING…')
    .addOption(new Option('--recipe <name>', 'how to train').choices(RECIPE_NAMES).default('paper'))
    .addOption(
      new Option('--task <name>', 'all findings, or pneumonia alone').choices(TRAINING_TASKS).default('findings'),
    )
    .option('--from <model>', 'the model to begin with, or "random" (default: the active model)')
    .option('--as <id>', 'the name of the run and of the model that it makes')
    .addOption(new Option('--seed <n>', 'the same seed gives the same run').argParser(parseSeed).default(1));
  addData(command);
  addValues(command);
  return command
    .option('--resume <run>', 'go on with a run that was stopped or killed')
    .option('--list', 'list the runs')
    .option('--dry-run', 'show what would be trained on what, and train nothing')
    .option('--json', 'one JSON object per line: the run, each epoch, the end')
    .addHelpText('after', trainHelp())
    .action((options: TrainCommandOptions) => run((composition) => train(composition, options)));
}

function addData(command: Command): void {
  command
    .addOption(
      new Option('--uncertain <policy>', 'what becomes of uncertain labels (-1)')
        .choices(['ignore', 'positive', 'negative'])
        .default('ignore'),
    )
    .option('--split <paper|file>', "CheXNet's numbers of patients, or a list of test films as NIH's test_list.txt")
    .option('--validation-patients <file>', 'exactly these patients validate: a patient id a line');
}

function addValues(command: Command): void {
  command
    .addOption(new Option('--epochs <n>', 'at most').argParser(parseCount))
    .addOption(new Option('--batch <n>', 'films a step').argParser(parseCount))
    .addOption(new Option('--learning-rate <x>', 'of the first epoch').argParser(positive(1)))
    .option('--flip', 'mirror every second film, and with it the heart')
    .option('--no-flip', 'never mirror a film')
    .addOption(new Option('--rotation <degrees>', 'turn each film by up to so much').argParser(positive(45)))
    .addOption(new Option('--shift <share>', 'move it by up to this share of its side').argParser(positive(0.5)))
    .addOption(new Option('--scale <share>', 'enlarge or reduce it by up to so much').argParser(positive(0.5)))
    .addOption(new Option('--contrast <share>', 'change its contrast by up to so much').argParser(positive(0.9)));
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > 1000)
    throw new InvalidArgumentError('It is a number from 1 to 1000.');
  return count;
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || seed > 0xffffffff) throw new InvalidArgumentError('It is a whole number below 2^32.');
  return seed;
}

function positive(most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (text.trim() === '' || !(number > 0 && number <= most)) {
      throw new InvalidArgumentError(`It is a number above 0, at most ${most}.`);
    }
    return number;
  };
}

function trainHelp(): string {
  const recipes = RECIPE_NAMES.map((name) => `  ${name.padEnd(8)} ${RECIPES[name].summary}`).join('\n');
  return `
Recipes (--dry-run shows every value with its reason):
${recipes}
Without native TensorFlow ("hilum engine install") WebAssembly trains: paper and tail take about six times as long then.

Films are divided by patient, always: a tenth validates, a tenth is kept apart for a test. A run that begins with a
model keeps its patients where they were: nobody it was trained on validates, and the run is refused where a table says
otherwise, with the patients named. The lowest validation loss is what is kept. What comes out is a model with its card;
it reads only after it has been commissioned.

--split FILE has a film's name a line: those are the test, as in NIH's test_list.txt. A file that is called train..., as
NIH's train_val_list.txt, names those that are not. A patient with films on both sides ends it. What looks like a film
of a given test or validation is left out and named.

Labels of MIMIC-CXR (...-chexpert.csv) are of studies: ...-metadata.csv in the same folder tells its frontal films.

Everything is on the disk after each epoch and every 10 minutes. Ctrl-C ends the step at hand, writes, and ends with 130;
--resume goes on, after a kill or a power cut too, and ends with the same weights.

Examples:
  hilum train --images films --labels Data_Entry_2017_v2020.csv --dry-run
  hilum train --images films --labels labels.csv --recipe head --as ours-1
  hilum train --images films --labels labels.csv --recipe paper --from imagenet --split paper
  hilum train --resume ours-1
  hilum train --list`;
}
