import { describe, expect, it } from 'vitest';
import { describeDenseNet } from '#main/chexnet/network/densenet121';
import { checkWeights } from '#main/chexnet/network/weights';
import { adoptWeights, randomWeights } from '#main/chexnet/training/initialWeights';

const SIZE = { blocks: [2, 2], growth: 8, bottleneck: 4, initial: 16, compression: 0.5 };
const NETWORK = describeDenseNet({ inputChannels: 3, findings: 2, head: 'linear' }, SIZE);

function deviation(numbers: Float32Array): number {
  return Math.sqrt(numbers.reduce((sum, number) => sum + number * number, 0) / numbers.length);
}

describe('randomWeights', () => {
  it('fit the network and are spread as torchvision spreads them', () => {
    const weights = randomWeights(NETWORK, 1);
    checkWeights(NETWORK, weights);
    // √(2 / (3 · 49)) for the first convolution, 1/√fan-in at most for the last layer.
    expect(deviation(weights.get('features.conv0.weight')!.data)).toBeCloseTo(Math.sqrt(2 / 147), 2);
    const inputs = NETWORK.head[0]!.inputs;
    expect(Math.max(...weights.get('classifier.weight')!.data.map(Math.abs))).toBeLessThan(1 / Math.sqrt(inputs));
    expect(new Set(weights.get('features.norm0.running_var')!.data)).toEqual(new Set([1]));
  });

  it('are the same for the same seed only', () => {
    expect(randomWeights(NETWORK, 1)).toEqual(randomWeights(NETWORK, 1));
    expect(randomWeights(NETWORK, 2)).not.toEqual(randomWeights(NETWORK, 1));
  });
});

describe('adoptWeights', () => {
  const model = randomWeights(NETWORK, 1);
  const own = randomWeights(NETWORK, 2);

  it("takes a model's layers, and none of a head of another kind", () => {
    const adopted = adoptWeights(NETWORK, model, null, 2);
    expect(adopted.get('features.conv0.weight')).toBe(model.get('features.conv0.weight'));
    expect(adopted.get('classifier.weight')).toEqual(own.get('classifier.weight'));
  });

  it('goes on with the outputs that the model has, wherever they stand', () => {
    expect(adoptWeights(NETWORK, model, [0, 1], 2)).toEqual(model);
    const rows = (weights: typeof model, row: number): Float32Array => {
      const { data } = weights.get('classifier.weight')!;
      return data.subarray((row * data.length) / 2, ((row + 1) * data.length) / 2);
    };
    const adopted = adoptWeights(NETWORK, model, [null, 0], 2);
    expect([rows(adopted, 0), rows(adopted, 1)]).toEqual([rows(own, 0), rows(model, 0)]);
  });
});
