/**
 * Trains the layers behind pooling on cached features, in plain loops: 14 findings of a thousand films take a twentieth
 * of a second an epoch, less than any library needs to be called. The same numbers on every computer.
 */
import type { Tensor } from '../network/weights';
import type { Linear } from '../network/densenet121';
import { learn, moveByAdam, type Learned } from './adam';
import { judgeLogits, sigmoid } from './judgeLogits';
import type { StepResult, Stepper, StepperOptions, TrainingBatch, TrainingState } from './stepper';

/** A tensor that learns, and the sum of its slopes in this step. */
type Parameter = Learned & { readonly shape: readonly number[]; readonly gradient: Float64Array };

type LearnedLayer = { readonly layer: Linear; readonly weight: Parameter; readonly bias: Parameter };

function openParameter(name: string, shape: readonly number[], state: TrainingState): Parameter {
  const learned = learn(name, state);
  return { ...learned, shape, gradient: new Float64Array(learned.value.length) };
}

function openLayer(layer: Linear, state: TrainingState): LearnedLayer {
  return {
    layer,
    weight: openParameter(`${layer.name}.weight`, [layer.outputs, layer.inputs], state),
    bias: openParameter(`${layer.name}.bias`, [layer.outputs], state),
  };
}

/** [count,inputs] → [count,outputs]. */
function connect({ layer, weight, bias }: LearnedLayer, inputs: Float32Array, count: number): Float32Array {
  const result = new Float32Array(count * layer.outputs);
  for (let film = 0; film < count; film++) {
    for (let output = 0; output < layer.outputs; output++) {
      let sum = bias.value[output]!;
      const [row, from] = [output * layer.inputs, film * layer.inputs];
      for (let i = 0; i < layer.inputs; i++) sum += weight.value[row + i]! * inputs[from + i]!;
      result[film * layer.outputs + output] = sum;
    }
  }
  return result;
}

/** What each layer was given, and the logits. */
function forward(layers: readonly LearnedLayer[], features: Float32Array, count: number) {
  const inputs = [features];
  for (const hidden of layers.slice(0, -1)) {
    inputs.push(connect(hidden, inputs.at(-1)!, count).map((value) => Math.max(0, value)));
  }
  return { inputs, logits: connect(layers.at(-1)!, inputs.at(-1)!, count) };
}

/** Adds to the gradients of a layer from the slopes of its outputs. */
function addGradients(
  { layer, weight, bias }: LearnedLayer,
  inputs: Float32Array,
  slopes: Float32Array,
  count: number,
) {
  for (let film = 0; film < count; film++) {
    for (let output = 0; output < layer.outputs; output++) {
      const slope = slopes[film * layer.outputs + output]!;
      if (slope === 0) continue;
      bias.gradient[output]! += slope;
      const [row, from] = [output * layer.inputs, film * layer.inputs];
      for (let i = 0; i < layer.inputs; i++) {
        weight.gradient[row + i]! += slope * inputs[from + i]!;
      }
    }
  }
}

/** Slopes of a layer's outputs → those of the layer before it, through that layer's ReLU, whose results `inputs` are. */
function propagateBack({ layer, weight }: LearnedLayer, inputs: Float32Array, slopes: Float32Array, count: number) {
  const before = new Float32Array(inputs.length);
  for (let film = 0; film < count; film++) {
    for (let output = 0; output < layer.outputs; output++) {
      const slope = slopes[film * layer.outputs + output]!;
      const [row, from] = [output * layer.inputs, film * layer.inputs];
      for (let i = 0; i < layer.inputs; i++) before[from + i]! += slope * weight.value[row + i]!;
    }
  }
  return before.map((slope, i) => (inputs[i]! > 0 ? slope : 0));
}

function tensors(learned: readonly Parameter[], pick: (one: Parameter) => Float32Array): Map<string, Tensor> {
  return new Map(learned.map((one) => [one.name, { shape: one.shape, data: pick(one).slice() }]));
}

/** `options.part` is `head`; inputs are pooled features [count,1024]. What it saves has the head's parameters only. */
export function openHeadStepper(state: TrainingState, { network, adam }: StepperOptions): Stepper {
  let layers: LearnedLayer[] = [];
  let learned: Parameter[] = [];
  let step = 0;

  function load(from: TrainingState): void {
    layers = network.head.map((layer) => openLayer(layer, from));
    learned = layers.flatMap(({ weight, bias }) => [weight, bias]);
    step = from.step;
  }

  function train(batch: TrainingBatch, { learningRate }: { readonly learningRate: number }): StepResult {
    const { inputs, logits } = forward(layers, batch.inputs, batch.count);
    const judged = judgeLogits(logits, batch, batch.count);
    let slopes = judged.slopes;
    for (let place = layers.length - 1; place >= 0; place--) {
      const [layer, given] = [layers[place]!, inputs[place]!];
      addGradients(layer, given, slopes, batch.count);
      if (place > 0) slopes = propagateBack(layer, given, slopes, batch.count);
    }
    step++;
    for (const one of learned) {
      moveByAdam(one, one.gradient, adam, learningRate, step);
      one.gradient.fill(0);
    }
    return { loss: judged.loss, probabilities: logits.map(sigmoid) };
  }

  load(state);
  return {
    train,
    evaluate: (features, count) => forward(layers, features, count).logits.map(sigmoid),
    save: () => ({
      weights: tensors(learned, ({ value }) => value),
      moments: { first: tensors(learned, ({ first }) => first), second: tensors(learned, ({ second }) => second) },
      step,
    }),
    load,
    dispose: () => undefined,
  };
}
