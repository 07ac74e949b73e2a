import { describe, expect, it } from 'vitest';
import { crossEntropy, labelFactors, labelWeights } from '#main/chexnet/training/crossEntropy';
import { startPlateau, stepPlateau } from '#main/chexnet/training/plateau';
import { reference } from './reference';

describe('stepPlateau', () => {
  it.each(reference.plateaus)(
    'has the learning rates of PyTorch with patience $patience',
    ({ losses, patience, rates }) => {
      let state = startPlateau(1e-3);
      const found = losses.map((loss) => {
        state = stepPlateau(state, loss, { factor: 0.1, patience, threshold: 1e-4 });
        return state.learningRate;
      });
      expect(found).toEqual(rates);
    },
  );
});

describe('crossEntropy', () => {
  it('is that of PyTorch, also where a probability is 0 or 1 and a label is left out', () => {
    const { probabilities, labels, weights, loss } = reference.crossEntropy;
    const found = crossEntropy(Float32Array.from(probabilities), labels, Float32Array.from(weights));
    expect(found).toBeCloseTo(loss, 5);
  });

  it('weighs pneumonia by the share of the other films, as the paper does, and 14 findings not at all', () => {
    expect(labelFactors('pneumonia', 1, 3)).toEqual({ positive: 0.75, negative: 0.25 });
    expect(labelFactors('findings', 1, 3)).toEqual({ positive: 1, negative: 1 });
  });

  it('gives an unknown label no weight', () => {
    const labels = Int8Array.from([1, 0, -1, 1]);
    const factors = [labelFactors('pneumonia', 1, 3), labelFactors('findings', 1, 1)];
    expect(labelWeights(labels, factors)).toEqual(Float32Array.from([0.75, 1, 0, 1]));
  });
});
