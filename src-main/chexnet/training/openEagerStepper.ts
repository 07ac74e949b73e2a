/**
 * Trains on the TF.js backend that is current, operation by operation: what there is where native TensorFlow is not.
 * Weights and moments are plain arrays; tensors live for one pass only.
 */
import { layerParameters, type Parameter } from '../network/densenet121';
import { EagerInference, type ReadParameter } from '../network/eager/eagerInference';
import { EagerTraining } from '../network/eager/eagerTraining';
import { innerShape, turnInwards, turnOutwards } from '../network/tensorLayout';
import * as tf from '../network/tf';
import { batchShape, listTrainedLayers, writeNetwork } from '../network/trainingNetwork';
import type { Tensor, Weights } from '../network/weights';
import { learn, moveByAdam, type Learned } from './adam';
import { cutBatch, joinPieces } from './cutBatch';
import { judgeLogits, sigmoid } from './judgeLogits';
import type { StepResult, Stepper, StepperOptions, TrainingBatch, TrainingState } from './stepper';

type Gradients = ReadonlyMap<string, Float32Array>;

export type EagerStepper = Stepper & {
  /** Loss and gradients of a batch, by torchvision's names and shapes, with the batch's statistics; nothing is changed. */
  gradients(batch: TrainingBatch): { readonly loss: number; readonly gradients: Weights };
};

/** Of one pass over a piece of a batch. */
type Pass = {
  readonly loss: number;
  readonly probabilities: Float32Array;
  readonly gradients: Gradients;
  /** `running_mean` and `running_var` of the batch, the variance unbiased. */
  readonly statistics: ReadonlyMap<string, Float32Array>;
};

/** Uploads each parameter once, inside the tidy that it is made in. */
function createReader(arrays: ReadonlyMap<string, Float32Array>, parameters: readonly Parameter[]): ReadParameter {
  const shapes = new Map(parameters.map(({ name, shape }) => [name, innerShape(shape)]));
  const known = new Map<string, tf.Tensor>();
  return <T extends tf.Tensor>(name: string): T => {
    const tensor = known.get(name) ?? tf.tensor(arrays.get(name)!, [...shapes.get(name)!]);
    known.set(name, tensor);
    return tensor as T;
  };
}

class TensorStepper implements EagerStepper {
  readonly #options: StepperOptions;
  readonly #parameters: readonly Parameter[];
  /** By name; all that the trained layers have, running statistics too, in TensorFlow's layout. */
  #values = new Map<string, Float32Array>();
  #learned: Learned[] = [];
  /** Of all parameters; those of the trained layers are newer above. */
  #weights: Weights;
  #step = 0;

  constructor(state: TrainingState, options: StepperOptions) {
    this.#options = options;
    this.#parameters = listTrainedLayers(options.network, options.part).flatMap(layerParameters);
    this.#weights = state.weights;
    this.load(state);
  }

  load(state: TrainingState): void {
    this.#weights = state.weights;
    this.#step = state.step;
    const all = this.#parameters.map(({ name, shape }) => learn(name, state, (data) => turnInwards(data, shape)));
    this.#values = new Map(all.map(({ name, value }) => [name, value]));
    this.#learned = all.filter((_, place) => this.#parameters[place]!.trainable);
  }

  save(): TrainingState {
    const shapes = new Map(this.#parameters.map(({ name, shape }) => [name, shape]));
    const present = (name: string, data: Float32Array): [string, Tensor] => {
      const shape = shapes.get(name)!;
      return [name, { shape, data: turnOutwards(data, shape) }];
    };
    const weights = new Map(this.#weights);
    for (const [name, value] of this.#values) weights.set(...present(name, value));
    const first = new Map(this.#learned.map(({ name, first }) => present(name, first)));
    const second = new Map(this.#learned.map(({ name, second }) => present(name, second)));
    return { weights, moments: { first, second }, step: this.#step };
  }

  train(batch: TrainingBatch, { learningRate }: { readonly learningRate: number }): StepResult {
    const passes = cutBatch(batch, this.#options.microBatch).map((piece) => {
      const pass = this.#pass(piece, batch.count);
      this.#moveStatistics(pass);
      return pass;
    });
    this.#step++;
    let squares = 0;
    for (const learned of this.#learned) {
      const gradient = addUp(passes.map(({ gradients }) => gradients.get(learned.name)!));
      squares += gradient.reduce((sum, slope) => sum + slope * slope, 0);
      moveByAdam(learned, gradient, this.#options.adam, learningRate, this.#step);
    }
    const loss = passes.reduce((sum, pass) => sum + pass.loss, 0);
    // A ReLU can hide on the way forward what is not a number; the gradients know.
    return {
      loss: Number.isFinite(squares) ? loss : NaN,
      probabilities: joinPieces(passes.map(({ probabilities }) => probabilities)),
    };
  }

  /** running + momentum · (batch − running). */
  #moveStatistics({ statistics }: Pass): void {
    const { batchNormMomentum } = this.#options;
    for (const [name, batch] of statistics) {
      const running = this.#values.get(name)!;
      batch.forEach((value, i) => (running[i]! += batchNormMomentum * (value - running[i]!)));
    }
  }

  #inputs({ length }: Float32Array, count: number): number[] {
    const { network, part } = this.#options;
    return batchShape(network, part, length, count);
  }

  /** `whole`: films of the batch that this is a piece of. */
  #pass(batch: TrainingBatch, whole: number): Pass {
    const { network, part, batchNormEpsilon: epsilon, recompute } = this.#options;
    return withoutLeak(() => {
      const read = createReader(this.#values, this.#parameters);
      const layers = new EagerTraining({ read, epsilon, recompute });
      const input = layers.input(tf.tensor(batch.inputs, this.#inputs(batch.inputs, batch.count)));
      const last = writeNetwork(layers, input, network, part);
      const logits = layers.tensorOf(last);
      const numbers = logits.dataSync<'float32'>();
      const { loss, slopes } = judgeLogits(numbers, batch, whole);
      layers.unwind(last, tf.tensor(slopes, logits.shape));
      const gradients = new Map([...layers.gradients].map(([name, tensor]) => [name, tensor.dataSync<'float32'>()]));
      const statistics = new Map<string, Float32Array>();
      for (const [norm, { mean, variance, places }] of layers.batchStatistics) {
        statistics.set(`${norm}.running_mean`, mean.dataSync<'float32'>());
        const biased = variance.dataSync<'float32'>();
        statistics.set(
          `${norm}.running_var`,
          biased.map((value) => (value * places) / (places - 1)),
        );
      }
      return { loss, probabilities: numbers.map(sigmoid), gradients, statistics };
    });
  }

  gradients(batch: TrainingBatch): { readonly loss: number; readonly gradients: Weights } {
    const { loss, gradients } = this.#pass(batch, batch.count);
    const trained = this.#parameters.filter(({ trainable }) => trainable);
    const named = trained.map(({ name, shape }) => {
      return [name, { shape, data: turnOutwards(gradients.get(name)!, shape) }] as const;
    });
    return { loss, gradients: new Map(named) };
  }

  evaluate(inputs: Float32Array, count: number): Float32Array {
    const { network, part, batchNormEpsilon } = this.#options;
    return withoutLeak(() => {
      const layers = new EagerInference(createReader(this.#values, this.#parameters), batchNormEpsilon);
      const logits = writeNetwork(layers, tf.tensor(inputs, this.#inputs(inputs, count)), network, part);
      return logits.dataSync<'float32'>().map(sigmoid);
    });
  }

  dispose(): void {
    this.#values.clear();
  }
}

/** `work` leaves no tensor behind. */
function withoutLeak<Value>(work: () => Value): Value {
  const engine = tf.engine();
  engine.startScope();
  try {
    return work();
  } finally {
    engine.endScope();
  }
}

function addUp(parts: readonly Float32Array[]): Float32Array {
  const [first, ...rest] = parts as readonly [Float32Array, ...Float32Array[]];
  for (const part of rest) part.forEach((value, i) => (first[i]! += value));
  return first;
}

/** `state` holds every parameter of the part. */
export function openEagerStepper(state: TrainingState, options: StepperOptions): EagerStepper {
  return new TensorStepper(state, options);
}
