/** Who trains in the benchmark: Hilum's own steps, and PyTorch's in both layouts of memory. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleFiles, copyWasm } from '../../../scripts/bundle.mjs';
import { MODEL_FOLDER, ROOT, THREADS, type Bench } from '../context';
import { startPythonTraining, type PythonTraining, type TrainedStep } from '../peer/pythonPeer';
import { startHelper, type Helper } from '../startHelper';
import { LARGEST_BATCH, makeJob, type JobOptions, type Material } from './material';
import type { TrainerProtocol } from './trainerProcess';

/** A step of so many films, or of a head an epoch in batches of so many. */
export type Running = {
  readonly train: (batch: number) => Promise<TrainedStep>;
  readonly peakResidentBytes: () => number | null;
  readonly stop: () => void;
};

export type Contestant = { readonly name: string; readonly start: () => Promise<Running> };

/** Where the program of the contestants lies. */
export async function bundleTrainer(): Promise<string> {
  // Inside node_modules, so that it finds the packages that stay outside of bundles.
  const folder = join(ROOT, 'node_modules', '.cache', 'hilum-bench');
  await mkdir(folder, { recursive: true });
  await copyWasm(folder);
  await bundleFiles({ trainerProcess: 'test/bench/training/trainerProcess.ts' }, folder);
  return join(folder, 'trainerProcess.cjs');
}

export type Trainer = Helper<TrainerProtocol>;
export type OpenTrainer = (options: JobOptions) => Promise<Trainer>;

export function createTrainerOpener(bench: Bench, material: Material, program: string): OpenTrainer {
  return async (options) => {
    const trainer = startHelper<TrainerProtocol>(program);
    const job = makeJob(bench, material, options);
    const isHead = job.values.part === 'head';
    try {
      await trainer.request('open', {
        job,
        films: isHead ? null : material.films,
        labels: isHead ? material.labels : material.labels.slice(0, LARGEST_BATCH * bench.card.findings.length),
      });
    } catch (error) {
      trainer.stop();
      throw error;
    }
    return trainer;
  };
}

export function ownContestant(name: string, open: OpenTrainer, options: JobOptions): Contestant {
  const start = async (): Promise<Running> => {
    const trainer = await open(options);
    let epoch = 0;
    const train = (count: number): Promise<TrainedStep> =>
      options.recipe === 'head' ? trainer.request('epoch', { epoch: epoch++ }) : trainer.request('step', { count });
    return { ...trainer, train };
  };
  return { name, start };
}

const LAYOUTS: Readonly<Record<PythonTraining['layout'], string>> = {
  nchw: 'pytorch',
  channels_last: 'pytorch channels_last',
};

export const PEER_NAMES = Object.values(LAYOUTS);

/** None where PyTorch is not installed; a head has no layouts. */
export async function findPeers(
  bench: Bench,
  material: Material,
): Promise<(part: PythonTraining['part']) => readonly Contestant[]> {
  const peers = (part: PythonTraining['part']): Contestant[] =>
    (Object.keys(LAYOUTS) as PythonTraining['layout'][])
      .filter((layout) => part !== 'head' || layout === 'nchw')
      .map((layout) => ({ name: LAYOUTS[layout], start: () => startPeer(bench, material, part, layout) }));
  try {
    (await startPeer(bench, material, 'head', 'nchw')).stop();
    return peers;
  } catch (error) {
    bench.say(`without PyTorch: ${error instanceof Error ? error.message : String(error)}`);
    return () => [];
  }
}

async function startPeer(
  { card }: Bench,
  { filmsFile, featuresFile, labelsFile }: Material,
  part: PythonTraining['part'],
  layout: PythonTraining['layout'],
): Promise<Running> {
  const weights = join(MODEL_FOLDER, card.weights.file);
  const inputsFile = part === 'head' ? featuresFile : filmsFile;
  const peer = await startPythonTraining({ part, layout, weights, threads: THREADS, inputsFile, labelsFile });
  return { ...peer, train: (batch) => peer.ask(batch) };
}
