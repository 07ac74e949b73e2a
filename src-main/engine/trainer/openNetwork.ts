/** The network of a run: its first weights, and what computes its steps and its frozen layers. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { wasmFolder } from '#main/channel/wasmFolder';
import { AppError } from '#main/contract/errors';
import { readSafetensors } from '#main/chexnet/formats/safetensors';
import { describeDenseNet, type DenseNet } from '#main/chexnet/network/densenet121';
import { inputShape } from '#main/chexnet/network/trainingNetwork';
import { checkWeights, type Weights } from '#main/chexnet/network/weights';
import { adoptWeights, randomWeights } from '#main/chexnet/training/initialWeights';
import { joinPieces } from '#main/chexnet/training/cutBatch';
import { openEagerStepper } from '#main/chexnet/training/openEagerStepper';
import { openEagerTrunk } from '#main/chexnet/training/openEagerTrunk';
import { openHeadStepper } from '#main/chexnet/training/openHeadStepper';
import type { Stepper, StepperOptions, TrainingState, Trunk } from '#main/chexnet/training/stepper';
import type { Backend } from '#main/engine/backends/backend';
import { loadBinding } from '#main/engine/backends/tensorflow/binding';
import { describeProcessor } from '#main/engine/backends/tensorflow/describeProcessor';
import { openTrainingGraph } from '#main/engine/backends/tensorflow/openTrainingGraph';
import { openTrunk } from '#main/engine/backends/tensorflow/openTrunk';
import { openWasmBackend } from '#main/engine/backends/wasm/openWasmBackend';
import type { TrainingJob } from '#main/engine/protocol/trainingProtocol';

export function networkOf({ input, findings, values }: TrainingJob): DenseNet {
  return describeDenseNet({ inputChannels: input.channels, findings: findings.length, head: values.head });
}

/** Throws `model/hash-mismatch` where the weights are not those that the run began with, `model/invalid`. */
export async function initialWeights(job: TrainingJob, network: DenseNet): Promise<Weights> {
  const { initial, seed } = job;
  if (initial === null) return randomWeights(network, seed);
  const file = await readFile(initial.weightsPath).catch((cause: unknown) => {
    throw new AppError('model/not-found', 'The weights that the run begins with are not there.', {}, cause);
  });
  if (createHash('sha256').update(file).digest('hex') !== initial.sha256) {
    throw new AppError('model/hash-mismatch', 'The weights are not those that the run began with.');
  }
  const weights = adoptWeights(network, readSafetensors(file).weights, initial.outputs, seed);
  checkWeights(network, weights);
  return weights;
}

/** The frozen layers, and how many numbers they make of a film. */
export type SizedTrunk = Trunk & { readonly size: number };

export type OpenedNetwork = {
  /** For the receipt. */
  readonly backend: string;
  readonly stepper: Stepper;
  /** Null where all layers learn. */
  readonly trunk: SizedTrunk | null;
};

/** `state` holds every parameter of the network. */
export async function openNetwork(
  job: TrainingJob,
  state: TrainingState,
  options: StepperOptions,
): Promise<OpenedNetwork> {
  const { part, network } = options;
  if (job.addon === null) return openOnWasm(job, state, options);
  if (!job.gpu) process.env['CUDA_VISIBLE_DEVICES'] = '-1';
  const binding = loadBinding(job.addon, job.threads);
  const device = binding.isUsingGpuDevice()
    ? describeProcessor('used', job.addon, job.threads)
    : `${job.threads} threads`;
  const backend = `tensorflow ${binding.TF_Version}, ${device}`;
  if (part === 'all') return { backend, stepper: openTrainingGraph(binding, state, options), trunk: null };
  const size = inputSize(network, part, job.input.size);
  const trunk = { ...openTrunk(binding, state.weights, { ...options, part }), size };
  if (part === 'tail') return { backend, stepper: openTrainingGraph(binding, state, options), trunk };
  return { backend: `plain loops on features by ${backend}`, stepper: openHeadStepper(state, options), trunk };
}

async function openOnWasm(job: TrainingJob, state: TrainingState, options: StepperOptions): Promise<OpenedNetwork> {
  const { part, network } = options;
  const backend = await openWasmBackend(wasmFolder(), job.threads, part === 'head' ? 'inference' : 'training');
  const { name } = backend;
  if (part === 'all') return { backend: name, stepper: openEagerStepper(state, options), trunk: null };
  const size = inputSize(network, part, job.input.size);
  if (part === 'tail') {
    const trunk = openEagerTrunk(state.weights, { ...options, part });
    return {
      backend: name,
      stepper: openEagerStepper(state, options),
      trunk: inPieces(trunk, size, backend.batchSize),
    };
  }
  const trunk = inPieces(openPooling(backend, state.weights, options), size, backend.batchSize);
  return { backend: `plain loops on features by ${name}`, stepper: openHeadStepper(state, options), trunk };
}

/** Numbers of one film: maps have a 32nd of the film's side. */
function inputSize(network: DenseNet, part: 'tail' | 'head', filmSide: number): number {
  return inputShape(network, part).reduce((size, length) => size * (length === -1 ? filmSide / 32 : length), 1);
}

/** The whole network for inference; what it gives is averaged over the places of its last maps. */
function openPooling(backend: Backend, weights: Weights, { network, batchNormEpsilon }: StepperOptions): Trunk {
  const built = backend.build(network, weights, batchNormEpsilon);
  const { channels } = network.lastNorm;

  function pool(features: Float32Array): Float32Array {
    const places = features.length / channels;
    return Float32Array.from({ length: channels }, (_, channel) => {
      let sum = 0;
      for (let place = 0; place < places; place++) sum += features[place * channels + channel]!;
      return sum / places;
    });
  }

  return {
    embed: (films, count) => {
      const { features } = built.predict(films, count, { features: true });
      const each = features!.length / count;
      const pooled = Array.from({ length: count }, (_, film) =>
        pool(features!.subarray(film * each, (film + 1) * each)),
      );
      return joinPieces(pooled);
    },
    dispose: () => built.dispose(),
  };
}

/** More films at once gain nothing on WASM, and cost memory. */
function inPieces(trunk: Trunk, size: number, most: number): SizedTrunk {
  return {
    size,
    embed: (films, count) => {
      const length = films.length / count;
      const pieces = Array.from({ length: Math.ceil(count / most) }, (_, piece) => {
        const [from, to] = [piece * most, Math.min(count, (piece + 1) * most)];
        return trunk.embed(films.subarray(from * length, to * length), to - from);
      });
      return joinPieces(pieces);
    },
    dispose: () => trunk.dispose(),
  };
}
