/**
 * A DenseNet as ONNX, written as PyTorch's exporter writes it when told to fuse nothing: every batch norm is a node
 * of its own, weights keep torchvision's names and layout, and the batch is free.
 */
import type { Convolution, DenseLayer, DenseNet, Layer, Linear, Norm, Pool } from '../../network/densenet121';
import { layerParameters, listParameters } from '../../network/densenet121';
import { parameter, type Weights } from '../../network/weights';
import { encodeOnnx, type OnnxAttribute, type OnnxNode } from './onnxModel';

export type DenseNetOnnxOptions = {
  /** Of every batch norm; PyTorch's is 1e-5. */
  readonly epsilon: number;
  /** Rows and columns of a film. */
  readonly size: number;
  /** Goes into the file as it is. */
  readonly metadata?: Readonly<Record<string, string>>;
};

/**
 * Bytes of the model. Input `film` [batch,inputChannels,size,size] float32, normalised; outputs `logits` and
 * `probabilities` [batch,findings]. Throws `model/invalid` where a parameter is missing.
 */
export function densenetOnnx(network: DenseNet, weights: Weights, options: DenseNetOnnxOptions): Uint8Array {
  const { epsilon, size, metadata = {} } = options;
  const findings = network.head.at(-1)?.outputs ?? 0;
  return encodeOnnx({
    name: 'densenet121',
    metadata,
    nodes: describeNodes(network, epsilon),
    initialisers: listParameters(network).map(({ name, shape }) => ({ name, shape, data: parameter(weights, name) })),
    inputs: [{ name: 'film', shape: ['batch', network.inputChannels, size, size] }],
    outputs: ['logits', 'probabilities'].map((name) => ({ name, shape: ['batch', findings] })),
  });
}

function describeNodes({ stem, stages, lastNorm, head }: DenseNet, epsilon: number): OnnxNode[] {
  const nodes: OnnxNode[] = [];

  /** Returns the name of its output, from which the next node starts. */
  function add(
    operator: string,
    inputs: readonly string[],
    attributes: OnnxNode['attributes'] = {},
    output?: string,
  ): string {
    const name = output ?? `${operator.toLowerCase()}_${nodes.length}`;
    nodes.push({ operator, inputs, output: name, attributes });
    return name;
  }
  function convolve(x: string, conv: Convolution): string {
    return add('Conv', [x, ...parameterNames(conv)], windowAttributes(conv));
  }
  function activate(x: string, norm: Norm): string {
    const normalised = add('BatchNormalization', [x, ...parameterNames(norm)], { epsilon: { float: epsilon } });
    return add('Relu', [normalised]);
  }
  function pool(operator: 'MaxPool' | 'AveragePool', x: string, window: Pool): string {
    return add(operator, [x], windowAttributes(window));
  }
  function concatenate(x: string, { norm1, conv1, norm2, conv2 }: DenseLayer): string {
    const narrow = convolve(activate(x, norm1), conv1);
    return add('Concat', [x, convolve(activate(narrow, norm2), conv2)], { axis: 1 });
  }
  function connect(x: string, linear: Linear, output?: string): string {
    return add('Gemm', [x, ...parameterNames(linear)], { transB: 1 }, output);
  }

  let x = pool('MaxPool', activate(convolve('film', stem.conv), stem.norm), stem.pool);
  for (const { layers, transition } of stages) {
    x = layers.reduce(concatenate, x);
    if (transition !== null)
      x = pool('AveragePool', convolve(activate(x, transition.norm), transition.conv), transition.pool);
  }
  x = add('Flatten', [add('GlobalAveragePool', [activate(x, lastNorm)])]);
  head.forEach((linear, index) => {
    const isLast = index === head.length - 1;
    x = isLast ? connect(x, linear, 'logits') : add('Relu', [connect(x, linear)]);
  });
  add('Sigmoid', [x], {}, 'probabilities');
  return nodes;
}

/** ONNX takes a layer's parameters in the order in which torchvision lists them: weight, bias, mean, variance. */
function parameterNames(layer: Layer): string[] {
  return layerParameters(layer).map(({ name }) => name);
}

function windowAttributes({ size, stride, pad }: Pool): Record<string, OnnxAttribute> {
  return { kernel_shape: [size, size], strides: [stride, stride], pads: [pad, pad, pad, pad] };
}
