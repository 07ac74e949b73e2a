import { describe, expect, it } from 'vitest';
import { describeDenseNet, layerParameters, type Head } from '#main/chexnet/network/densenet121';
import { decodeCheckpoint, encodeCheckpoint } from '#main/chexnet/training/checkpoint';
import { openHeadStepper } from '#main/chexnet/training/openHeadStepper';
import { startLoop } from '#main/chexnet/training/trainEpochs';
import type { StepperOptions, TrainingBatch, TrainingState } from '#main/chexnet/training/stepper';
import { reference, sines } from './reference';

const [FILMS, FEATURES, FINDINGS] = [5, 10, 3];

function optionsOf(head: Head): StepperOptions {
  const size = { blocks: [1], growth: 4, bottleneck: 1, initial: 6, compression: 0.5 };
  return {
    network: describeDenseNet({ inputChannels: 1, findings: FINDINGS, head }, size),
    batchNormEpsilon: 1e-5,
    batchNormMomentum: 0.1,
    part: 'head',
    adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    recompute: false,
    microBatch: null,
  };
}

function startOf({ network }: StepperOptions): TrainingState {
  const parameters = network.head.flatMap(layerParameters);
  const weights = parameters.map(({ name, shape }, place) => {
    const count = shape.reduce((product, side) => product * side, 1);
    return [name, { shape, data: sines(count, 0.3 + 0.1 * place, 0.2) }] as const;
  });
  return { weights: new Map(weights), moments: { first: new Map(), second: new Map() }, step: 0 };
}

function makeBatch(): TrainingBatch {
  const weights = sines(FILMS * FINDINGS, 0.9, 1).map((value) => Math.fround(Math.abs(value)) + Math.fround(0.1));
  weights[1 * FINDINGS + 2] = 0;
  const labels = sines(FILMS * FINDINGS, 1.3, 1).map((value) => (value > 0 ? 1 : 0));
  return { count: FILMS, inputs: sines(FILMS * FEATURES, 0.7, 2), labels, weights };
}

describe('openHeadStepper', () => {
  it.each([
    ['linear', 0.05],
    ['dense1024', 0.001],
  ] as const)('trains a %s head as PyTorch does', (head, learningRate) => {
    const options = optionsOf(head);
    const stepper = openHeadStepper(startOf(options), options);
    const { losses, stride, everyNth, probabilities } = reference[head];
    for (const loss of losses) expect(stepper.train(makeBatch(), { learningRate }).loss).toBeCloseTo(loss, 6);
    const trained = [...stepper.save().weights.values()];
    trained.forEach(({ data }, place) => {
      const expected = everyNth[place]!;
      expected.forEach((value, index) => expect(data[index * stride]).toBeCloseTo(value, 5));
    });
    const found = stepper.evaluate(makeBatch().inputs, FILMS);
    probabilities.forEach((value, index) => expect(found[index]).toBeCloseTo(value, 5));
  });

  it('goes on exactly where a checkpoint was written', () => {
    const options = optionsOf('dense1024');
    const [whole, first] = [openHeadStepper(startOf(options), options), openHeadStepper(startOf(options), options)];
    for (let step = 0; step < 4; step++) whole.train(makeBatch(), { learningRate: 0.01 });
    for (let step = 0; step < 2; step++) first.train(makeBatch(), { learningRate: 0.01 });
    const file = encodeCheckpoint({ state: first.save(), loop: startLoop(0.01) });
    const second = openHeadStepper(decodeCheckpoint(file).state, options);
    for (let step = 0; step < 2; step++) second.train(makeBatch(), { learningRate: 0.01 });
    expect(second.save()).toEqual(whole.save());
  });
});
