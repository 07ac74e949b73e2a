/** `hilum models`: its commands, their options and their help. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { RESIZE_RULES } from '#main/contract/card';
import { EXPORT_FORMATS } from '#main/workflows/exportModel';
import { PRESET_NAMES } from '#main/workflows/importModel';
import { compare, type CompareCommandOptions } from './commands/compare';
import {
  listModels,
  showModel,
  verifyModels,
  type ModelsCommandOptions,
  type ShowCommandOptions,
} from './commands/models';
import { rollBack } from './commands/modelsActivate';
import {
  exportModel,
  importModel,
  type ExportCommandOptions,
  type ImportCommandOptions,
} from './commands/modelsImport';
import { addCalibration } from './calibrateProgram';
import { addCommissioning } from './commissionProgram';
import { addHelpCommand } from './helpCommand';
import type { Run } from './program';

export function modelsCommand(run: Run): Command {
  const models = new Command('models').description('the models on this computer').addHelpText('after', MODELS_HELP);
  for (const add of [addLooking, addImport, addCompare, addCommissioning, addCalibration, addRollback, addExport])
    add(models, run);
  addHelpCommand(models, 'show help of a command');
  return models;
}

function addLooking(models: Command, run: Run): void {
  models
    .command('list')
    .description('list the models')
    .option('--json', 'one JSON object')
    .action((options: ModelsCommandOptions) => run((composition) => listModels(composition, options)));
  models
    .command('show')
    .description('show the card of a model: what it was trained on, its cut-offs and its limits')
    .argument('[id]', 'the model (default: the active one)')
    .option('--layers', 'every layer with its shape and parameters instead')
    .option('--json', 'one JSON object')
    .action((id: string | undefined, options: ShowCommandOptions) =>
      run((composition) => showModel(composition, id, options)),
    );
  models
    .command('verify')
    .description('check that the weights are those of the card (SHA-256)')
    .argument('[id]', 'the model (default: all)')
    .option('--json', 'one JSON object')
    .action((id: string | undefined, options: ModelsCommandOptions) =>
      run((composition) => verifyModels(composition, id, options)),
    );
}

function addCompare(models: Command, run: Run): void {
  models
    .command('compare')
    .description('show what two models say of the same films, side by side')
    .argument('<first>', 'a model')
    .argument('<second>', 'another one')
    .requiredOption('--images <path...>', 'folders, films or archives')
    .option('--labels <file.csv>', 'what is on them: then the AUROCs are compared too')
    .option('--out <file.csv>', 'write the table: a row per film')
    .option('--json', 'one JSON object, with every film')
    .addHelpText('after', COMPARE_HELP)
    .action((first: string, second: string, options: CompareCommandOptions) =>
      run((composition) => compare(composition, [first, second], options)),
    );
}

function addRollback(models: Command, run: Run): void {
  models
    .command('rollback')
    .description('make the model of before the one that reads again')
    .option('--json', 'one JSON object')
    .action((options: ModelsCommandOptions) => run((composition) => rollBack(composition, options)));
}

function addImport(models: Command, run: Run): void {
  models
    .command('import')
    .description('take over a DenseNet-121 from safetensors, PyTorch, Keras or ONNX')
    .argument('<file>', 'the weights')
    .requiredOption('--as <id>', 'the name that it gets here')
    .addOption(new Option('--preset <name>', 'whose model it is: findings and preprocessing').choices(PRESET_NAMES))
    .addOption(new Option('--findings <names>', 'in the order of the outputs: A,B,C').argParser(parseNames))
    .addOption(new Option('--mean <numbers>', 'of each channel, after division by 255').argParser(parseNumbers))
    .addOption(new Option('--std <numbers>', 'of each channel').argParser(parseNumbers))
    .addOption(new Option('--resize <rule>', 'how a film becomes its square').choices(RESIZE_RULES))
    .option('--name <text>', 'what people call it')
    .option('--licence <text>', 'under which it may be used')
    .option('--json', 'one JSON object')
    .addHelpText('after', IMPORT_HELP)
    .action((file: string, options: ImportCommandOptions) =>
      run((composition) => importModel(composition, file, options)),
    );
}

function addExport(models: Command, run: Run): void {
  models
    .command('export')
    .description('write a model for other tools, with its card')
    .argument('<id>', 'the model')
    .addOption(new Option('--format <name>', 'the format').choices(EXPORT_FORMATS).makeOptionMandatory())
    .requiredOption('--out <path>', 'where to: a file, and for savedmodel a folder that is not there yet')
    .option('--json', 'one JSON object')
    .action((id: string, options: ExportCommandOptions) => run((composition) => exportModel(composition, id, options)));
}

function parseNames(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

function parseNumbers(text: string): number[] {
  const numbers = text.split(',').map((number) => (number.trim() === '' ? Number.NaN : Number(number)));
  if (!numbers.every(Number.isFinite)) throw new InvalidArgumentError('They are numbers with commas between them.');
  return numbers;
}

const MODELS_HELP = `
Examples:
  hilum models list
  hilum models show demo --layers
  hilum models verify
  hilum models import model.pth.tar --as weng --preset arnoweng
  hilum models compare weng demo --images films --labels films.csv
  hilum models commission weng --images films --labels films.csv
  hilum models activate weng --by "Dr Lang" --reason "better for effusions"
  hilum models calibrate weng --images films --labels films.csv
  hilum models rollback
  hilum models export weng --format onnx --out weng.onnx`;

const COMPARE_HELP = `
Neither model has to read here, and nothing is stored. Differences are the first minus the second, of the findings that
both know. You get the correlation of their probabilities and of their order (Pearson, Spearman), the films whose flags
differ, each model with the cut-offs that it has here, and with labels the difference of the AUROCs (DeLong, films of
one patient taken together), without the films of patients whom one of them was trained on.

Examples:
  hilum models compare ours-2 ours-1 --images films
  hilum models compare weng demo --images films --labels films.csv --out compared.csv`;

const IMPORT_HELP = `
A file is told by its content. Pickles inside PyTorch's files are read as data: nothing in them is executed, and a
file that wants more is refused. Names may begin with module. or densenet121. and may be those of old torchvision.

Presets are whose model it is, and bring findings, resize, mean and deviation of their code: chexnet is the paper's (14
findings of NIH); arnoweng (ten crops of each film), jrzech and brucechou are reimplementations of that name; keras is a
DenseNet121 of keras.applications, whose --findings you name; torchxrayvision-NAME are the published weights
densenet121-res224-NAME with their operating points, torchxrayvision one that you trained with it; imagenet is torchvision's or
Keras's own DenseNet-121, without its outputs, to begin a training with. What is given beside a preset counts more. Without one --findings, --mean and --std say what the file does not; a file that Hilum has
exported says it all.

An imported model has no cut-offs that were measured: it raises no priority until it has some.

Examples:
  hilum models import model.pth.tar --as weng --preset arnoweng
  hilum models import nih-pc-chex-mimic_ch.pt --as xrv --preset torchxrayvision-all
  hilum models import weights.h5 --as chou --preset brucechou
  hilum models import ours.pth --as ours-2 --preset chexnet --findings Pneumonia
  hilum models import densenet121.pth --as imagenet --preset imagenet
  hilum models import grey.onnx --as grey --findings Effusion,Edema --mean 0.5 --std 0.25`;
