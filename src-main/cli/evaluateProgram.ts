/** `hilum evaluate` as commander knows it. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { evaluate, type EvaluateCommandOptions } from './commands/evaluate';
import { BY_VIEW_HELP } from './byViewHelp';
import { parseShare } from './parseShare';
import type { Run } from './program';

export function evaluateCommand(run: Run): Command {
  return new Command('evaluate')
    .description('measure what a model is worth on labelled films')
    .option('--predictions <file.csv>', 'probabilities: a column for the film, one per finding; .csv.gz too')
    .option('--images <path...>', 'or films, folders, ZIP archives, which a model judges now')
    .option('--model <id>', 'the model that judges --images (default: the active one)')
    .option('--labels <file.csv>', 'labels: NIH, CheXpert, MIMIC-CXR, PadChest or a plain table; .csv.gz too')
    .option('--readers <file.csv...>', 'answers of readers, to measure the model beside them; see below')
    .option('--reviews', 'or the answers that readers have given in the window')
    .option('--leave-out-trained', 'leave out films of patients whom the model was trained on, instead of stopping')
    .option('--rule <rule>', "how cut-offs are chosen, see below (default: the model's own, or f1)")
    .option('--by-view', 'let the rule choose cut-offs of their own for AP and PA films, where enough films allow')
    .option('--validation <file.csv>', 'probabilities of other films, which choose the cut-offs')
    .option('--validation-labels <file.csv>', 'their labels, where --labels does not hold them')
    .option('--paired <file.csv>', 'probabilities of another model for the same films')
    .addOption(
      new Option('--prevalence <share>', 're-weight PPV and NPV to this share of positives').argParser(parseShare),
    )
    .addOption(
      new Option('--bootstraps <n>', 'resamples of patients for the intervals').argParser(parseCount).default(1000),
    )
    .addOption(new Option('--seed <n>', 'of the resamples and the halves').argParser(parseSeed).default(1))
    .option('--json', 'one JSON object with every figure')
    .option('--html <out.html>', 'write the report with its plots: one page that needs nothing else')
    .option(
      '--no-pictures',
      'leave the films out of --html: with --images it shows those that the model was wrong about',
    )
    .option('--csv <out.csv>', 'write the figures of findings and subgroups as a table')
    .addHelpText('after', EVALUATE_HELP)
    .action((options: EvaluateCommandOptions) => run((composition) => evaluate(composition, options)));
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 100 || count > 100_000) {
    throw new InvalidArgumentError('It is a number from 100 to 100000.');
  }
  return count;
}

export function parseSeed(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It is a whole number of at most 9 digits.');
  return Number(text);
}

const EVALUATE_HELP = `
Every figure comes with its 95 % interval (bootstrap: whole patients are drawn, because films of one patient are alike)
and with the number of positive films. A share of 0 or of all has the exact interval for its number of patients; an AUROC
of 0 or 1 has none. A finding without a positive or a negative film is "not defined".

Cut-offs are chosen on half of the patients and reported on the other half, or chosen on --validation and reported on
all films; a cut-off judged on the films it was chosen on looks better than it is. Rules:
  f1                 the largest F1
  youden             the largest sensitivity + specificity
  sensitivity:0.9    at least this sensitivity, with as few flags as it takes
  specificity:0.95   at least this specificity
  budget:0.15        all findings together flag this share of the normal films of other patients, each finding the
                     same share; where no film is known to be normal, this share of all films
  fixed:0.5          this probability for every finding
${BY_VIEW_HELP}
Without --by-view one cut-off serves all films, and the report says what it does to AP and to PA films.

Readers: a row a film and reader, with a column "reader" beside those of a plain table of labels (file, one column a
finding: 1, 0, -1 unsure, blank not answered); a file without that column is one reader's, named like it. F1 of each
reader and of the model against each other reader, and against the majority of the others, with intervals from 10,000
bootstraps, on the films that the cut-offs are reported on. Without --labels the majority of the readers is the label.

With --images the films take the road of "hilum analyse", and the cut-offs are those of the model's card. Nothing is
stored. Patients whom the model was trained on end it and are named (label/leak), with the table of a triage too.

Examples:
  hilum evaluate --predictions night.csv --labels labels.csv --html report.html
  hilum evaluate --model mine --images ~/films --labels labels.csv
  hilum evaluate --predictions new.csv --paired old.csv --labels labels.csv --json > report.json
  hilum evaluate --predictions test.csv --labels all.csv --validation valid.csv --rule budget:0.15
  hilum evaluate --predictions valid.csv --readers readers.csv --rule fixed:0.4`;
