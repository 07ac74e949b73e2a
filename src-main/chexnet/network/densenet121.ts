/**
 * DenseNet-121 as data: Table 1 of Huang et al., "Densely Connected Convolutional Networks" (CVPR 2017), with the
 * padding and the parameter names of torchvision. Nothing here computes: every backend builds its own graph from
 * this description, and weights are checked against it.
 */

/** What tells one DenseNet from another: the columns of Table 1, and section 3 of the paper. */
export type DenseNetSize = {
  /** Dense layers in each block. */
  readonly blocks: readonly number[];
  /** Channels that a dense layer adds (k). */
  readonly growth: number;
  /** Channels between the two convolutions of a dense layer, in units of `growth`. */
  readonly bottleneck: number;
  /** Channels of the first convolution. */
  readonly initial: number;
  /** Share of the channels that a transition keeps (θ). */
  readonly compression: number;
};

const DENSENET_121: DenseNetSize = {
  blocks: [6, 12, 24, 16],
  growth: 32,
  bottleneck: 4,
  initial: 64,
  compression: 0.5,
};

/** No bias; `pad` zeros on every side (TensorFlow's `SAME` pads otherwise at stride 2: 0.09 in probability). */
export type Convolution = {
  readonly kind: 'convolution';
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly size: number;
  readonly stride: number;
  readonly pad: number;
};

export type Norm = { readonly kind: 'norm'; readonly name: string; readonly channels: number };

export type Linear = {
  readonly kind: 'linear';
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
};

export type Layer = Convolution | Norm | Linear;

export type Pool = { readonly size: number; readonly stride: number; readonly pad: number };

/** norm1 → ReLU → conv1 1×1 → norm2 → ReLU → conv2 3×3; the result is concatenated to the layer's own input. */
export type DenseLayer = {
  readonly norm1: Norm;
  readonly conv1: Convolution;
  readonly norm2: Norm;
  readonly conv2: Convolution;
};

/** norm → ReLU → conv 1×1 → average pool. */
export type Transition = { readonly norm: Norm; readonly conv: Convolution; readonly pool: Pool };

export type Stage = { readonly layers: readonly DenseLayer[]; readonly transition: Transition | null };

export type DenseNet = {
  readonly inputChannels: number;
  /** conv0 → norm0 → ReLU → max pool. */
  readonly stem: { readonly conv: Convolution; readonly norm: Norm; readonly pool: Pool };
  readonly stages: readonly Stage[];
  /** Then ReLU: the features that pooling, head and attention maps start from. */
  readonly lastNorm: Norm;
  /** After global average pooling; ReLU between them, sigmoid after the last. */
  readonly head: readonly Linear[];
};

export type Head = 'linear' | 'dense1024';

export type NetworkOptions = { readonly inputChannels: number; readonly findings: number; readonly head: Head };

function convolution(name: string, inputs: number, outputs: number, size: number, stride = 1, pad = 0): Convolution {
  return { kind: 'convolution', name, inputs, outputs, size, stride, pad };
}

function norm(name: string, channels: number): Norm {
  return { kind: 'norm', name, channels };
}

function linear(name: string, inputs: number, outputs: number): Linear {
  return { kind: 'linear', name, inputs, outputs };
}

function denseLayer(path: string, inputs: number, { growth, bottleneck }: DenseNetSize): DenseLayer {
  const between = bottleneck * growth;
  return {
    norm1: norm(`${path}.norm1`, inputs),
    conv1: convolution(`${path}.conv1`, inputs, between, 1),
    norm2: norm(`${path}.norm2`, between),
    conv2: convolution(`${path}.conv2`, between, growth, 3, 1, 1),
  };
}

function transition(path: string, inputs: number, { compression }: DenseNetSize): Transition {
  return {
    norm: norm(`${path}.norm`, inputs),
    conv: convolution(`${path}.conv`, inputs, Math.floor(inputs * compression), 1),
    pool: { size: 2, stride: 2, pad: 0 },
  };
}

/** `linear` is the head of CheXNet; `dense1024` is GAP → Dense 1024 → ReLU → Dense n, in `nn.Sequential`'s names. */
function describeHead(head: Head, features: number, findings: number): Linear[] {
  if (head === 'linear') return [linear('classifier', features, findings)];
  return [linear('classifier.0', features, 1024), linear('classifier.2', 1024, findings)];
}

/** Input [n,224,224,inputChannels] → probabilities [n,findings]. `size` is for small networks in tests. */
export function describeDenseNet(options: NetworkOptions, size: DenseNetSize = DENSENET_121): DenseNet {
  const { inputChannels, findings, head } = options;
  const stem = {
    conv: convolution('features.conv0', inputChannels, size.initial, 7, 2, 3),
    norm: norm('features.norm0', size.initial),
    pool: { size: 3, stride: 2, pad: 1 },
  };
  let channels = size.initial;
  const stages = size.blocks.map((count, block): Stage => {
    const layers = Array.from({ length: count }, (_, layer) => {
      const path = `features.denseblock${block + 1}.denselayer${layer + 1}`;
      return denseLayer(path, channels + layer * size.growth, size);
    });
    channels += count * size.growth;
    if (block === size.blocks.length - 1) return { layers, transition: null };
    const between = transition(`features.transition${block + 1}`, channels, size);
    channels = between.conv.outputs;
    return { layers, transition: between };
  });
  return {
    inputChannels,
    stem,
    stages,
    lastNorm: norm('features.norm5', channels),
    head: describeHead(head, channels, findings),
  };
}

/** Every layer that has parameters, from the input to the findings. */
export function listLayers({ stem, stages, lastNorm, head }: DenseNet): Layer[] {
  const blocks = stages.flatMap(({ layers, transition }) => [
    ...layers.flatMap(({ norm1, conv1, norm2, conv2 }) => [norm1, conv1, norm2, conv2]),
    ...(transition === null ? [] : [transition.norm, transition.conv]),
  ]);
  return [stem.conv, stem.norm, ...blocks, lastNorm, ...head];
}

export type Parameter = { readonly name: string; readonly shape: readonly number[]; readonly trainable: boolean };

/** The parameters of one layer, named and shaped as in torchvision's state dict (`num_batches_tracked` left out). */
export function layerParameters(layer: Layer): Parameter[] {
  const trained = (suffix: string, ...shape: number[]): Parameter => ({
    name: `${layer.name}.${suffix}`,
    shape,
    trainable: true,
  });
  switch (layer.kind) {
    case 'convolution':
      return [trained('weight', layer.outputs, layer.inputs, layer.size, layer.size)];
    case 'linear':
      return [trained('weight', layer.outputs, layer.inputs), trained('bias', layer.outputs)];
    case 'norm': {
      const statistics = ['running_mean', 'running_var'].map((name) => trained(name, layer.channels));
      const learned = ['weight', 'bias'].map((name) => trained(name, layer.channels));
      return [...learned, ...statistics.map((parameter) => ({ ...parameter, trainable: false }))];
    }
  }
}

export function listParameters(network: DenseNet): Parameter[] {
  return listLayers(network).flatMap(layerParameters);
}

/** Trainable numbers: 6,968,206 for CheXNet with 14 findings. */
export function countParameters(network: DenseNet): number {
  const trainable = listParameters(network).filter((parameter) => parameter.trainable);
  return trainable.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}
