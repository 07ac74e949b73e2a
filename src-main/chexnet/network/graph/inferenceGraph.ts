/**
 * The folded network as a TensorFlow graph, so that TensorFlow sees all of it at once, fuses what it can and keeps
 * its threads busy: 2.6 times as fast at batch 1 as the same operations one by one.
 */
import type { FoldedLayer, FoldedLinear, FoldedNetwork } from '../fold';
import { writeBandedFeatures } from './bandedFeatures';
import { InferenceWriter, type Features } from './inferenceWriter';
import type { SavedModel, Signature } from './savedModel';

/** Names of the placeholder and of the outputs; those of a lane have its number behind them. */
export const FILM = 'film';
export const OUTPUTS = {
  /** [n,findings], before the sigmoid. */
  logits: 'logits',
  /** [n,findings], 0…1. */
  probabilities: 'probabilities',
  /** [n,channels]: what the head sees. */
  pooled: 'pooled',
  /** [n,7,7,channels], after the last ReLU: what attention maps are made of. */
  features: 'features',
} as const;

/** conv0, pool0, four blocks, three transitions and norm5: what attention maps are made of, under that name. */
function writeFeatures(writer: InferenceWriter, film: string, network: FoldedNetwork, name: string): void {
  function denseLayer(features: Features, { before, conv1, conv2 }: FoldedLayer): Features {
    const narrow = writer.foldAndActivate(writer.activate(features, before), conv1);
    return writer.append(features, writer.fold(narrow, conv2));
  }

  const { stem, stages, last } = network;
  let x = writer.maxPool(writer.foldAndActivate(film, stem.conv), stem.pool);
  for (const { layers, transition } of stages) {
    const features = layers.reduce(denseLayer, [x]);
    if (transition === null) {
      writer.activate(features, last, name);
    } else {
      const { before, pool, conv } = transition;
      x = writer.fold(writer.averagePool(writer.activate(features, before), pool), conv);
    }
  }
}

/** From the features to the probabilities; the names of all outputs end in `suffix`. */
function writeHead(writer: InferenceWriter, { head }: FoldedNetwork, suffix: string): void {
  let x = writer.averagePlaces(OUTPUTS.features + suffix, OUTPUTS.pooled + suffix);
  head.forEach(({ kernel, bias, inputs, outputs }: FoldedLinear, index) => {
    const matrix = writer.constant(kernel, [inputs, outputs]);
    const isLast = index === head.length - 1;
    const sum = writer.connect(x, matrix, writer.constant(bias), isLast ? OUTPUTS.logits + suffix : undefined);
    x = isLast ? writer.sigmoid(sum, OUTPUTS.probabilities + suffix) : writer.relu(sum);
  });
}

function describeSignature(network: FoldedNetwork, count: number, size: number | null, suffix: string): Signature {
  const { inputChannels, head, last } = network;
  const side = size ?? -1;
  const findings = head.at(-1)?.outputs ?? 0;
  const channels = last.scale.length;
  const places = size === null ? -1 : size / 32;
  return {
    inputs: [{ name: FILM + suffix, shape: [count, side, side, inputChannels] }],
    outputs: [
      { name: OUTPUTS.logits + suffix, shape: [count, findings] },
      { name: OUTPUTS.probabilities + suffix, shape: [count, findings] },
      { name: OUTPUTS.pooled + suffix, shape: [count, channels] },
      { name: OUTPUTS.features + suffix, shape: [count, places, places, channels] },
    ],
  };
}

/**
 * Input `film` [n,size,size,inputChannels], normalised; `size` null leaves rows and columns free. Outputs as `OUTPUTS`
 * says, all in the signature `serving_default`.
 */
export function describeInference(network: FoldedNetwork, size: number | null): SavedModel {
  const writer = new InferenceWriter({ ownOperation: false });
  const signature = describeSignature(network, -1, size, '');
  for (const { name, shape } of signature.inputs) writer.placeholder(name, shape);
  writeFeatures(writer, FILM, network, OUTPUTS.features);
  writeHead(writer, network, '');
  return { nodes: writer.nodes, signatures: { serving_default: signature } };
}

export type Lanes = {
  readonly size: number;
  readonly threads: number;
  /** Whether the graph may use Hilum's own operation. */
  readonly ownOperation: boolean;
};

/**
 * The network for a processor of `threads` threads: once in bands for a single film (`film`), and `threads` times side
 * by side, a film each (`film_0` …). Run with one thread for an operation, and `threads` for operations.
 */
export function describeLanes(network: FoldedNetwork, { size, threads, ownOperation }: Lanes): SavedModel {
  const writer = new InferenceWriter({ ownOperation });
  const lanes = Array.from({ length: threads }, (_, lane) => `_${lane}`);
  const signatures = ['', ...lanes].map((suffix) => describeSignature(network, 1, size, suffix));
  for (const { name, shape } of signatures.flatMap(({ inputs }) => inputs)) writer.placeholder(name, shape);
  writeBandedFeatures(writer, FILM, network, { size, threads, name: OUTPUTS.features });
  for (const lane of lanes) writeFeatures(writer, FILM + lane, network, OUTPUTS.features + lane);
  for (const suffix of ['', ...lanes]) writeHead(writer, network, suffix);
  return { nodes: writer.nodes, signatures: { serving_default: signatures[0]! } };
}
