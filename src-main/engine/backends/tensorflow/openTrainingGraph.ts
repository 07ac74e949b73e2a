/** Training on native TensorFlow: the steps of the loop as runs of one graph that holds the weights. */
import {
  describeTraining,
  type TrainingModel,
  type TrainingSignature,
} from '#main/chexnet/network/graph/trainingGraph';
import { TRAINING } from '#main/chexnet/network/graph/trainingNames';
import { batchShape } from '#main/chexnet/network/trainingNetwork';
import type { Tensor, Weights } from '#main/chexnet/network/weights';
import { cutBatch, cutPieces, joinPieces, takePiece } from '#main/chexnet/training/cutBatch';
import type {
  AdamOptions,
  Stepper,
  StepperOptions,
  StepResult,
  TrainingBatch,
  TrainingState,
} from '#main/chexnet/training/stepper';
import type { TensorflowBinding } from './binding';
import { loadGraph, type FedTensor, type LoadedGraph } from './loadedGraph';

export type TrainingGraph = Stepper & {
  /** Loss and gradients of a batch, by torchvision's names and shapes, with the batch's statistics; nothing is changed. */
  gradients(batch: TrainingBatch): { readonly loss: number; readonly gradients: Weights };
};

function scalar(name: string, value: number): FedTensor {
  return { name, shape: [], data: Float32Array.of(value) };
}

/**
 * TensorFlow's Adam adds ε before the bias of √v is corrected, PyTorch's after it. With both corrections in the rate
 * and in ε, its formula gives PyTorch's numbers.
 */
function correctRates({ beta1, beta2, epsilon }: AdamOptions, learningRate: number, step: number): FedTensor[] {
  // As the graph has them.
  const [first, second] = [1 - Math.fround(beta1) ** step, Math.sqrt(1 - Math.fround(beta2) ** step)];
  return [scalar(TRAINING.rate, (learningRate * second) / first), scalar(TRAINING.epsilon, epsilon * second)];
}

function feedInputs(inputs: Float32Array, count: number, { network, part }: StepperOptions): FedTensor {
  return { name: TRAINING.inputs, shape: batchShape(network, part, inputs.length, count), data: inputs };
}

/** `whole`: films of the batch that this is a piece of. */
function feedBatch(batch: TrainingBatch, whole: number, options: StepperOptions): FedTensor[] {
  const { count, inputs, labels, weights } = batch;
  const findings = labels.length / count;
  const shape = [count, findings];
  return [
    feedInputs(inputs, count, options),
    { name: TRAINING.labels, shape, data: labels },
    { name: TRAINING.weights, shape, data: weights },
    scalar(TRAINING.share, 1 / (whole * findings)),
  ];
}

class NativeStepper implements TrainingGraph {
  readonly #options: StepperOptions;
  readonly #model: TrainingModel;
  readonly #graph: LoadedGraph;
  /** Of all parameters; those that the graph has are newer there. */
  #weights: Weights;
  #step: number;
  #canAddUp = false;

  constructor(binding: TensorflowBinding, state: TrainingState, options: StepperOptions) {
    this.#options = options;
    this.#model = describeTraining(options);
    this.#graph = loadGraph(binding, this.#model);
    this.#weights = state.weights;
    this.#step = state.step;
    this.load(state);
  }

  #run(signature: TrainingSignature, inputs: readonly FedTensor[]): Float32Array[] {
    const { outputs } = this.#model.signatures[signature];
    return this.#graph.run(
      inputs,
      outputs.map(({ name }) => name),
    );
  }

  load(state: TrainingState): void {
    const sources = { value: state.weights, ...state.moments };
    const inputs = this.#model.signatures.load.inputs.map(({ name, shape }, i) => {
      const { role, parameter } = this.#model.state[i]!;
      const length = shape.reduce((a, b) => a * b, 1);
      return { name, shape, data: sources[role].get(parameter.name)?.data ?? new Float32Array(length) };
    });
    this.#run('load', inputs);
    this.#weights = state.weights;
    this.#step = state.step;
  }

  save(): TrainingState {
    const sets = { value: new Map(this.#weights), first: new Map<string, Tensor>(), second: new Map<string, Tensor>() };
    this.#run('save', []).forEach((data, i) => {
      const { role, parameter } = this.#model.state[i]!;
      sets[role].set(parameter.name, { shape: parameter.shape, data });
    });
    return { weights: sets.value, moments: { first: sets.first, second: sets.second }, step: this.#step };
  }

  train(batch: TrainingBatch, { learningRate }: { readonly learningRate: number }): StepResult {
    const { adam, microBatch } = this.#options;
    this.#step++;
    const rates = correctRates(adam, learningRate, this.#step);
    const pieces = cutBatch(batch, microBatch);
    const { loss, probabilities, squares } =
      pieces.length === 1 ? this.#trainWhole(batch, rates) : this.#trainPieces(pieces, batch.count, rates);
    // A ReLU can hide on the way forward what is not a number; the gradients know.
    return { loss: Number.isFinite(squares) ? loss : NaN, probabilities };
  }

  #trainWhole(batch: TrainingBatch, rates: readonly FedTensor[]): StepResult & { readonly squares: number } {
    const [loss, probabilities, squares] = this.#run('train', [
      ...feedBatch(batch, batch.count, this.#options),
      ...rates,
    ]);
    return { loss: loss![0]!, probabilities: probabilities!, squares: squares![0]! };
  }

  #trainPieces(pieces: readonly TrainingBatch[], whole: number, rates: readonly FedTensor[]) {
    if (!this.#canAddUp) this.#run('empty', []);
    this.#canAddUp = true;
    let loss = 0;
    const probabilities = pieces.map((piece) => {
      const [part, judged] = this.#run('accumulate', feedBatch(piece, whole, this.#options));
      loss += part![0]!;
      return judged!;
    });
    const [squares] = this.#run('apply', rates);
    return { loss, probabilities: joinPieces(probabilities), squares: squares![0]! };
  }

  gradients(batch: TrainingBatch): { readonly loss: number; readonly gradients: Weights } {
    const [loss, ...found] = this.#run('gradients', feedBatch(batch, batch.count, this.#options));
    const trained = this.#model.state.filter(({ role, parameter }) => role === 'value' && parameter.trainable);
    const named = trained.map(({ parameter: { name, shape } }, i) => [name, { shape, data: found[i]! }] as const);
    return { loss: loss![0]!, gradients: new Map(named) };
  }

  evaluate(inputs: Float32Array, count: number): Float32Array {
    const judged = cutPieces(count, this.#options.microBatch).map((piece) => {
      const films = takePiece(inputs, count, piece);
      return this.#run('evaluate', [feedInputs(films, piece.to - piece.from, this.#options)])[0]!;
    });
    return joinPieces(judged);
  }

  dispose(): void {
    this.#graph.dispose();
  }
}

/** `state` has passed `checkWeights`; its moments may be empty. */
export function openTrainingGraph(
  binding: TensorflowBinding,
  state: TrainingState,
  options: StepperOptions,
): TrainingGraph {
  return new NativeStepper(binding, state, options);
}
