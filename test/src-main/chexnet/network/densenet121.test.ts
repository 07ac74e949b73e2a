import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '#main/chexnet/formats/safetensors';
import { countParameters, describeDenseNet, listLayers, listParameters } from '#main/chexnet/network/densenet121';
import { DEMO_WEIGHTS } from '#test/helpers/golden';

const CHEXNET = describeDenseNet({ inputChannels: 3, findings: 14, head: 'linear' });

describe('the description of DenseNet-121', () => {
  it('has the names and shapes of the weights that PyTorch wrote', async () => {
    const { weights } = readSafetensors(await readFile(DEMO_WEIGHTS));
    const written = [...weights].map(([name, { shape }]) => [name, shape]);
    const described = listParameters(CHEXNET).map(({ name, shape }) => [name, shape]);
    expect(Object.fromEntries(described)).toEqual(Object.fromEntries(written));
  });

  it('has 6,968,206 trainable parameters with a linear head of 14', () => {
    expect(countParameters(CHEXNET)).toBe(6_968_206);
  });

  it('has the 121 layers that its name counts: 120 convolutions and one fully connected', () => {
    const layers = listLayers(CHEXNET);
    const count = (kind: string): number => layers.filter((layer) => layer.kind === kind).length;
    expect({ convolutions: count('convolution'), linear: count('linear') }).toEqual({ convolutions: 120, linear: 1 });
  });

  it('follows Table 1 of the paper: channels behind each block and transition', () => {
    const channels = CHEXNET.stages.map(({ layers, transition }) => [
      layers.length,
      layers.at(-1)!.norm1.channels + layers.at(-1)!.conv2.outputs,
      transition?.conv.outputs ?? null,
    ]);
    expect(channels).toEqual([
      [6, 256, 128],
      [12, 512, 256],
      [24, 1024, 512],
      [16, 1024, null],
    ]);
  });

  it('describes one input channel, other findings and a dense head', () => {
    const { stem, head } = describeDenseNet({ inputChannels: 1, findings: 18, head: 'dense1024' });
    expect(stem.conv.inputs).toBe(1);
    expect(head.map(({ name, inputs, outputs }) => [name, inputs, outputs])).toEqual([
      ['classifier.0', 1024, 1024],
      ['classifier.2', 1024, 18],
    ]);
  });
});
