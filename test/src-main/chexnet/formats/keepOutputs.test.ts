import { expect, it } from 'vitest';
import { keepOutputs } from '#main/chexnet/formats/keepOutputs';

it('cuts the rows of the outputs that mean nothing out of the last layer', () => {
  const network = { inputChannels: 1, findings: 3, head: 'linear' } as const;
  const weights = new Map([
    ['classifier.weight', { shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
    ['classifier.bias', { shape: [3], data: Float32Array.of(7, 8, 9) }],
  ]);
  expect(keepOutputs({ network, weights }, ['A', null, 'C'])).toEqual({
    network: { ...network, findings: 2 },
    weights: new Map([
      ['classifier.weight', { shape: [2, 2], data: Float32Array.of(1, 2, 5, 6) }],
      ['classifier.bias', { shape: [2], data: Float32Array.of(7, 9) }],
    ]),
  });
});
