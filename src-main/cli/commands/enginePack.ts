/** `hilum engine install|remove`: native TensorFlow. */
import { AppError } from '#main/contract/errors';
import type { PackProgress } from '#main/workflows/enginePack';
import type { Composition } from '../composition';
import { EXIT, type ExitCode } from '../exitCodes';

export type InstallCommandOptions = { readonly wheel?: string; readonly cuda?: boolean };

const EVERY_MS = 100;
const WORDS: Readonly<Record<PackProgress['stage'], string>> = {
  download: 'Downloading',
  unpack: 'Unpacking',
  'self-test': 'Comparing its numbers with the references',
};

function progressText({ stage, bytes, totalBytes }: PackProgress): string {
  const megabytes = (count: number): string => `${Math.round(count / 1e6)} MB`;
  if (stage === 'self-test') return `${WORDS[stage]} …`;
  return `${WORDS[stage]} … ${megabytes(bytes)}${totalBytes === null ? '' : ` of ${megabytes(totalBytes)}`}`;
}

export async function installEngine(
  { terminal, openBench, signal }: Composition,
  { wheel, cuda }: InstallCommandOptions,
): Promise<ExitCode> {
  if (wheel !== undefined && cuda === true) {
    throw new AppError('usage/invalid', 'With --cuda there are thirteen wheels: they can only be downloaded.');
  }
  let drawnAt = 0;
  let stage: PackProgress['stage'] | null = null;
  function onProgress(progress: PackProgress): void {
    const now = performance.now();
    // A log has no line to overwrite: it is told of each stage once.
    if (!terminal.errorIsTerminal && progress.stage !== stage) terminal.say(`${WORDS[progress.stage]} …\n`);
    else if (now - drawnAt > EVERY_MS || progress.stage !== stage) terminal.status(progressText(progress));
    else return;
    stage = progress.stage;
    drawnAt = now;
  }
  const { version, folder } = await openBench().enginePack.install({ signal, onProgress, wheelFile: wheel, cuda });
  terminal.status('');
  terminal.print(`TensorFlow ${version} is installed and makes the numbers from now on: ${folder}\n`);
  return EXIT.done;
}

export async function removeEngine({ terminal, openBench }: Composition): Promise<ExitCode> {
  const removed = await openBench().enginePack.remove();
  terminal.print(removed ? 'Native TensorFlow is removed.\n' : 'Native TensorFlow was not installed.\n');
  return EXIT.done;
}
