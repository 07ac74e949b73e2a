/** The commands, their options and their help, as commander knows them. What they do is in `commands/`. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { NOTICE } from '#main/contract/prediction';
import { findHomeFolder } from '#main/database/homeFolder';
import { readUrgency } from '#main/database/urgencyNote';
import { analyse, type AnalyseCommandOptions } from './commands/analyse';
import { engine, type EngineCommandOptions } from './commands/engine';
import { installEngine, removeEngine, type InstallCommandOptions } from './commands/enginePack';
import { inspect, parseWindow, type InspectCommandOptions } from './commands/inspect';
import { triage, type TriageCommandOptions } from './commands/triage';
import { describeTiers } from './commands/urgency';
import type { Composition } from './composition';
import { evaluateCommand } from './evaluateProgram';
import { EXIT_HELP, type ExitCode } from './exitCodes';
import { addHelpCommand } from './helpCommand';
import { modelsCommand } from './modelsProgram';
import { orInvalidArgument } from './orInvalidArgument';
import { reviewsCommand } from './reviewsProgram';
import { trainCommand } from './trainProgram';
import { urgencyCommand } from './urgencyProgram';
import { watchCommand } from './watchProgram';

/** Runs a command and keeps its exit code. */
export type Run = (work: (composition: Composition) => Promise<ExitCode>) => Promise<void>;

export function createProgram(version: string, run: Run): Command {
  const program = new Command('hilum')
    .description(`Reads chest radiographs with CheXNet on this computer.\n${NOTICE}`)
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', PROGRAM_HELP);
  program.addCommand(analyseCommand(run));
  program.addCommand(triageCommand(run));
  program.addCommand(watchCommand(run));
  program.addCommand(inspectCommand(run));
  program.addCommand(evaluateCommand(run));
  program.addCommand(reviewsCommand(run));
  program.addCommand(trainCommand(run));
  program.addCommand(modelsCommand(run));
  program.addCommand(urgencyCommand(run));
  program.addCommand(engineCommand(run));
  addHelpCommand(program, 'show help and examples of a command');
  return program;
}

function analyseCommand(run: Run): Command {
  return new Command('analyse')
    .description('print the probabilities of the findings for each film')
    .argument('<file...>', 'films: DICOM, PNG, JPEG or TIFF; folders and ZIP archives are opened')
    .option('--model <id>', 'the model that judges (default: the active one)')
    .option('--maps <dir>', 'write attention: NAME.FINDING.png over the film, NAME.maps.f32 ([n,7,7] float32)')
    .option('--override <code>', 'judge one film although it is refused with this code; wants --reason')
    .option('--reason <text>', 'why the refusal does not count: it stands beside the numbers')
    .option('--json', 'one JSON object per film and line')
    .addHelpText('after', ANALYSE_HELP)
    .action((files: string[], options: AnalyseCommandOptions) =>
      run((composition) => analyse(composition, files, options)),
    );
}

function triageCommand(run: Run): Command {
  return new Command('triage')
    .description('sort folders of films by urgency: one row per file, most urgent first')
    .argument('<path...>', 'folders, files, ZIP archives, DICOMDIRs')
    .option('--model <id>', 'the model that judges (default: the active one)')
    .option('--out <file.csv>', 'write the table here when done, and FILE.csv.jsonl film by film; - is standard output')
    .option('--resume <file.csv.jsonl>', 'take over what an earlier run has done')
    .option('--json', 'JSON lines on standard output, in the order in which the films are done')
    .addOption(new Option('--jobs <n>', 'decode this many files at a time (default: cores - 1)').argParser(parseJobs))
    .option('--override <code>', 'judge one film although it is refused with this code; wants --reason')
    .option('--reason <text>', 'why the refusal does not count: it is kept beside the numbers')
    .option('--no-store', 'leave the database of the workstation untouched')
    .addHelpText('after', triageHelp)
    .action((paths: string[], options: TriageCommandOptions) =>
      run((composition) => triage(composition, paths, options)),
    );
}

function inspectCommand(run: Run): Command {
  return new Command('inspect')
    .description('show what a file says, how it was read, and what is doubtful about it')
    .argument('<file>', 'a film; archive.zip/entry names one inside an archive')
    .option('--json', 'one JSON object')
    .option('--pixels <out.pgm>', 'write the stored values as they are')
    .option('--render <out.png>', 'write the film as the screen shows it')
    .addOption(
      new Option('--window <window>', "how to render: a window's number, lut, minmax or CENTER,WIDTH").argParser(
        orInvalidArgument(parseWindow),
      ),
    )
    .option('--overlays', 'draw the overlays of the file (60xx) too, in white')
    .addHelpText('after', INSPECT_HELP)
    .action((file: string, options: InspectCommandOptions) =>
      run((composition) => inspect(composition, file, options)),
    );
}

function engineCommand(run: Run): Command {
  const command = new Command('engine')
    .description('test the backends that compute the network; install the native one')
    .option('--bench', 'measure the time per film too')
    .option('--json', 'one JSON object')
    .addHelpText('after', ENGINE_HELP)
    .action((options: EngineCommandOptions) => run((composition) => engine(composition, options)));
  command
    .command('install')
    .description('download native TensorFlow, test it, and use it from then on (Linux on x64)')
    .option('--cuda', 'with the libraries for NVIDIA GPUs: 3.4 GB to download')
    .option('--wheel <file>', 'take this wheel instead of downloading it')
    .addHelpText('after', ENGINE_INSTALL_HELP)
    .action((options: InstallCommandOptions) => run((composition) => installEngine(composition, options)));
  command
    .command('remove')
    .description('remove native TensorFlow; WebAssembly does the work again')
    .action(() => run((composition) => removeEngine(composition)));
  addHelpCommand(command, 'show help of a command');
  return command;
}

function parseJobs(text: string): number {
  const jobs = Number(text);
  if (!/^\d+$/.test(text) || jobs < 1 || jobs > 64) throw new InvalidArgumentError('It is a number from 1 to 64.');
  return jobs;
}

const PROGRAM_HELP = `
Examples:
  hilum triage ~/films                    what to read first
  hilum analyse film.dcm                  the findings of one film
  hilum help triage                       more about a command

Data goes to standard output, words and progress to standard error.
HILUM_HOME is the folder of database, caches and models.

${EXIT_HELP}`;

const ANALYSE_HELP = `
Nothing is stored. Probabilities are printed with 6 decimals, films in the order in which they are named.

Examples:
  hilum analyse film.dcm
  hilum analyse --json *.png | jq -r '[.file, .probabilities.Pneumothorax] | @tsv'
  hilum analyse film.dcm --maps maps      attention of every finding, for looking at and for computing
  hilum analyse film.dcm --override film/age-out-of-range --reason "17 years, adult habitus"

Attention shows what the network's number rests on. It is not the place of a finding.`;

const INSPECT_HELP = `
Examples:
  hilum inspect film.dcm
  hilum inspect archive.zip/study/IM0001 --json
  hilum inspect film.dcm --render film.png --window 2
  hilum inspect film.dcm --render film.png --window 2048,1024`;

const ENGINE_HELP = `
Examples:
  hilum engine
  hilum engine --bench --json
  hilum engine install                    two to three times as fast; 207 MB to download, 615 MB on the disk`;

const ENGINE_INSTALL_HELP = `
The wheel comes from the package index that pip is set up with (PIP_INDEX_URL, PIP_CONFIG_FILE, pip.conf), else from
the public one; through HTTPS_PROXY where there is one, trusting the certificates of the system. Its SHA-256 must be the
one that this version of Hilum knows. Nothing is used before its numbers have been compared with stored references.
Interrupted, it goes on where it was.

The pack is for Linux on x64. On Windows and macOS the wheels hold no library that could be used: there the engine stays
WebAssembly, unless HILUM_TFJS_NODE names a folder with a working @tensorflow/tfjs-node or tfjs-node-gpu (on Linux too).

Examples:
  hilum engine install
  hilum engine install --cuda
  hilum engine install --wheel tensorflow_cpu-*.whl     a computer without a network`;

function triageHelp(): string {
  return `
Every file that is named or met gets a row, except dot files, __MACOSX and the DICOMDIR itself. Status:
  ok          judged: it has numbers
  not_scored  a lateral: nobody expects a score for it
  refused     this model may not judge it: a child, a hand, for processing, incomplete
  failed      it could not be read

Order: refused and failed come first, because they wait for a human; then ok by priority, the longest waiting first
among equals; not_scored last.

Priority: a finding is flagged when its probability reaches its cut-off (see "hilum models show"). With
e = logit(p) - logit(cut-off), from the probabilities as printed (6 decimals, clipped to 1e-6 ... 1 - 1e-6),
  priority = (4 - tier) + e / (1 + e)
of the flagged finding for which that is largest, the leading finding.
${describeTiers(readUrgency(findHomeFolder()))}A finding that is not named here is of tier 3; "hilum urgency set" changes them.
Nothing flagged is 0: "no flag", which does not mean normal. A finding whose cut-off rests on fewer than 10 positives
raises no priority and says "not measured".

With --out X.csv, each film is in X.csv.jsonl, on the disk, before the next one counts as done. Ctrl-C keeps it, and
--resume X.csv.jsonl goes on: files that are unchanged are not computed again. Without --out a table is printed.
Rows, predictions and attention maps go to the database of the workstation unless --no-store says otherwise. Rows that
are taken from a journal are not stored again: where the earlier run had --no-store, import those films into the
workstation or triage them without --resume.

Nothing but a table of a triage is ever overwritten. Where X.csv.jsonl is of a triage that was cut off, --out X.csv is
refused: go on with --resume X.csv.jsonl, or delete it. Both files may be read by their owner only.

Examples:
  hilum triage ~/films
  hilum triage ~/films night.zip --out night.csv
  hilum triage ~/films --resume night.csv.jsonl
  hilum triage film.dcm --override film/age-out-of-range --reason "17 years, adult habitus"
  hilum triage /media/cd/DICOMDIR --no-store --json`;
}
