/**
 * Trains the layers behind pooling on cached features, in plain loops: 14 findings of a thousand films take a twentieth
 * of a second an epoch, less than any library needs to be called. The same numbers on every computer.
 */
import { parameter, type Tensor, type Weights } from '../network/weights';
import type { Linear } from '../network/densenet121';
import type { AdamOptions, StepResult, Stepper, StepperOptions, TrainingBatch, TrainingState } from './stepper';

/** One tensor that learns. */
type Learned = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly value: Float32Array;
  readonly gradient: Float64Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
};

type LearnedLayer = { readonly layer: Linear; readonly weight: Learned; readonly bias: Learned };

function learn(name: string, shape: readonly number[], { weights, moments }: TrainingState): Learned {
  const value = parameter(weights, name).slice();
  const moment = (of: Weights): Float32Array => of.get(name)?.data.slice() ?? new Float32Array(value.length);
  const gradient = new Float64Array(value.length);
  return { name, shape, value, gradient, first: moment(moments.first), second: moment(moments.second) };
}

function openLayer(layer: Linear, state: TrainingState): LearnedLayer {
  return {
    layer,
    weight: learn(`${layer.name}.weight`, [layer.outputs, layer.inputs], state),
    bias: learn(`${layer.name}.bias`, [layer.outputs], state),
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

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
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

/** Adam as PyTorch's: epsilon is added to √v̂ after the correction of the bias. */
function update({ value, gradient, first, second }: Learned, learningRate: number, step: number, adam: AdamOptions) {
  const { beta1, beta2, epsilon } = adam;
  const stride = learningRate / (1 - beta1 ** step);
  const correction = Math.sqrt(1 - beta2 ** step);
  for (let i = 0; i < value.length; i++) {
    const slope = gradient[i]!;
    first[i] = beta1 * first[i]! + (1 - beta1) * slope;
    second[i] = beta2 * second[i]! + (1 - beta2) * slope * slope;
    value[i]! -= (stride * first[i]!) / (Math.sqrt(second[i]!) / correction + epsilon);
  }
  gradient.fill(0);
}

/** Loss and its slopes at the logits. */
function judge(logits: Float32Array, { labels, weights }: TrainingBatch) {
  let loss = 0;
  const slopes = logits.map((logit, i) => {
    const [y, weight] = [labels[i]!, weights[i]!];
    if (weight === 0) return 0;
    // log(1 + exp(x)) without overflow.
    loss += weight * (Math.max(logit, 0) - logit * y + Math.log1p(Math.exp(-Math.abs(logit))));
    return (weight * (sigmoid(logit) - y)) / logits.length;
  });
  return { loss: loss / logits.length, slopes };
}

function tensors(learned: readonly Learned[], pick: (one: Learned) => Float32Array): Map<string, Tensor> {
  return new Map(learned.map((one) => [one.name, { shape: one.shape, data: pick(one).slice() }]));
}

/** `options.part` is `head`; inputs are pooled features [count,1024]. What it saves has the head's parameters only. */
export function openHeadStepper(state: TrainingState, { network, adam }: StepperOptions): Stepper {
  let layers: LearnedLayer[] = [];
  let learned: Learned[] = [];
  let step = 0;

  function load(from: TrainingState): void {
    layers = network.head.map((layer) => openLayer(layer, from));
    learned = layers.flatMap(({ weight, bias }) => [weight, bias]);
    step = from.step;
  }

  function train(batch: TrainingBatch, { learningRate }: { readonly learningRate: number }): StepResult {
    const { inputs, logits } = forward(layers, batch.inputs, batch.count);
    const judged = judge(logits, batch);
    let slopes = judged.slopes;
    for (let place = layers.length - 1; place >= 0; place--) {
      const [layer, given] = [layers[place]!, inputs[place]!];
      addGradients(layer, given, slopes, batch.count);
      if (place > 0) slopes = propagateBack(layer, given, slopes, batch.count);
    }
    step++;
    for (const one of learned) update(one, learningRate, step, adam);
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
