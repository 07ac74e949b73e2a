/** Hilum's steps as the training process computes them, one at a time when asked: a process of its own per contestant. */
import { parentPort } from '#main/channel/parentPort';
import { serve } from '#main/channel/channel';
import { startState } from '#main/chexnet/training/initialWeights';
import type { TrainingBatch } from '#main/chexnet/training/stepper';
import { runFiles } from '#main/database/runRegistry';
import type { TrainingJob } from '#main/engine/protocol/trainingProtocol';
import { createBatchSource, type InputSource } from '#main/engine/trainer/batches';
import { openFeatureCache } from '#main/engine/trainer/featureCache';
import { serveFilmThread, startFilmThread } from '#main/engine/trainer/filmThread';
import { initialWeights, networkOf, openNetwork, type OpenedNetwork } from '#main/engine/trainer/openNetwork';

export type TrainerProtocol = {
  /** `films` [count,224,224,channels], of which a step takes the first ones; null for a head, which has epochs only. */
  open: {
    argument: { readonly job: TrainingJob; readonly films: Float32Array | null; readonly labels: Float32Array };
    reply: { readonly backend: string };
  };
  /** One step on the same films each time. */
  step: { argument: { readonly count: number }; reply: { readonly milliseconds: number; readonly loss: number } };
  /** The job's training films once, as a run takes them. */
  epoch: {
    argument: { readonly epoch: number };
    reply: {
      readonly milliseconds: number;
      /** Of its first batch. */
      readonly loss: number;
      readonly steps: number;
      /** For its batches, but the first. */
      readonly waitedMs: number;
    };
  };
  /** The inputs of an epoch alone: what a batch costs its thread. */
  prepare: { argument: Record<string, never>; reply: { readonly millisecondsPerBatch: number } };
};

type Opened = {
  readonly job: TrainingJob;
  readonly network: OpenedNetwork;
  /** Of each film, and of its labels. */
  readonly fixed: { readonly inputs: Float32Array; readonly labels: Float32Array; readonly films: number };
  readonly inputs: InputSource;
};

let opened: Opened | null = null;

function open(): Opened {
  if (opened === null) throw new Error('Nothing is opened.');
  return opened;
}

/** What the layers that learn are given in place of films. */
function embed({ trunk }: OpenedNetwork, films: Float32Array, count: number): Float32Array {
  return trunk === null ? films : trunk.embed(films, count);
}

async function openInputs(job: TrainingJob, { trunk }: OpenedNetwork): Promise<InputSource> {
  const films = startFilmThread({ ...job, augmentation: job.values.augmentation });
  if (trunk === null || job.values.part === 'tail') return films.prepare;
  await films.close();
  const cache = await openFeatureCache({
    job,
    file: runFiles(job.folder).features,
    size: trunk.size,
    embed: () => {
      throw new Error('The features are not there.');
    },
    films: films.prepare,
    onProgress: () => undefined,
    betweenBatches: () => Promise.resolve(),
  });
  return cache.inputs;
}

function batchOf({ fixed }: Opened, count: number): TrainingBatch {
  const cut = (numbers: Float32Array): Float32Array => numbers.slice(0, (numbers.length / fixed.films) * count);
  const labels = cut(fixed.labels);
  return { count, inputs: cut(fixed.inputs), labels, weights: new Float32Array(labels.length).fill(1) };
}

function startProcess(): void {
  serve<TrainerProtocol>(parentPort(), {
    open: async ({ job, films, labels }) => {
      const network = networkOf(job);
      const { part, adam, batchNormMomentum } = job.values;
      const options = { network, part, adam, batchNormMomentum, batchNormEpsilon: job.batchNormEpsilon, ...job.memory };
      const made = await openNetwork(job, startState(await initialWeights(job, network)), options);
      const count = labels.length / job.findings.length;
      const inputs = films === null ? new Float32Array() : embed(made, films, count);
      opened = { job, network: made, fixed: { inputs, labels, films: count }, inputs: await openInputs(job, made) };
      made.trunk?.dispose();
      return { backend: made.backend };
    },
    step: ({ count }) => {
      const { network, job } = open();
      const batch = batchOf(open(), count);
      const begin = performance.now();
      const { loss } = network.stepper.train(batch, job.values);
      return { milliseconds: performance.now() - begin, loss };
    },
    epoch: async ({ epoch }) => {
      const { network, job, inputs } = open();
      const begin = performance.now();
      let [waitedMs, waitedFrom] = [0, begin];
      const losses: number[] = [];
      for await (const batch of createBatchSource(job, inputs).training(epoch, 0)) {
        // Nothing is ahead of the first.
        if (losses.length > 0) waitedMs += performance.now() - waitedFrom;
        losses.push(network.stepper.train(batch, job.values).loss);
        waitedFrom = performance.now();
      }
      return { milliseconds: performance.now() - begin, loss: losses[0]!, steps: losses.length, waitedMs };
    },
    prepare: async () => {
      const { job, inputs } = open();
      const batches = createBatchSource(job, inputs).training(0, 0)[Symbol.asyncIterator]();
      await batches.next();
      const begin = performance.now();
      let count = 0;
      while ((await batches.next()).done !== true) count++;
      return { millisecondsPerBatch: (performance.now() - begin) / count };
    },
  });
}

if (!serveFilmThread()) startProcess();
