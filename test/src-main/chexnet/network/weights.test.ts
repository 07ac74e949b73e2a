import { describe, expect, it } from 'vitest';
import { describeDenseNet, listParameters } from '#main/chexnet/network/densenet121';
import { checkWeights, weightFaults, type Tensor } from '#main/chexnet/network/weights';

const NETWORK = describeDenseNet({ inputChannels: 3, findings: 14, head: 'linear' });

function zeros(shape: readonly number[]): Tensor {
  return { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) };
}

function fittingWeights(): Map<string, Tensor> {
  return new Map(listParameters(NETWORK).map(({ name, shape }) => [name, zeros(shape)]));
}

describe('the check of weights', () => {
  it('finds nothing in weights that fit', () => {
    expect(weightFaults(NETWORK, fittingWeights())).toEqual([]);
  });

  it('names everything that is missing, misshapen, not finite or extra, one by one', () => {
    const weights = fittingWeights();
    weights.delete('features.norm0.weight');
    weights.set('classifier.weight', zeros([15, 1024]));
    weights.get('classifier.bias')!.data[3] = NaN;
    weights.get('features.norm5.running_var')!.data[0] = Infinity;
    weights.set('module.extra', zeros([1]));
    expect(weightFaults(NETWORK, weights)).toEqual([
      'features.norm0.weight is missing.',
      'features.norm5.running_var holds numbers that are not finite.',
      'classifier.weight has the shape [15,1024] instead of [14,1024].',
      'classifier.bias holds numbers that are not finite.',
      'module.extra has no place in the network.',
    ]);
  });

  it('throws one sentence with the first faults, and all of them in its details', () => {
    const check = (): void => checkWeights(NETWORK, new Map());
    expect(check).toThrow(
      expect.objectContaining({
        code: 'model/invalid',
        message: expect.stringMatching(/features\.conv0\.weight is missing\..* And 603 more\.$/) as string,
        details: { faults: expect.stringContaining('\nclassifier.bias is missing.') as string },
      }),
    );
  });
});
