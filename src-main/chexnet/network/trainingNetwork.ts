/** Which layers of a DenseNet learn, and how they follow one another, whatever computes them. */
import type { TrainedPart } from '../training/stepper';
import {
  listLayers,
  type Convolution,
  type DenseLayer,
  type DenseNet,
  type Layer,
  type Linear,
  type Norm,
  type Pool,
  type Stage,
} from './densenet121';

/** A network layer by layer; X is what lies between two of them: the name of a node in a graph, or a tensor. */
export type LayerWriter<X> = {
  convolve(x: X, conv: Convolution): X;
  /** Batch norm, then ReLU. */
  normAndActivate(x: X, norm: Norm): X;
  /** `channels` of x, to which y is appended. */
  concatenate(x: X, channels: number, y: X): X;
  /** Follows a ReLU, so that padding with zeros is as good as with −∞. */
  maxPool(x: X, pool: Pool): X;
  averagePool(x: X, pool: Pool): X;
  /** [n,rows,columns,channels] → [n,channels]. */
  averagePlaces(x: X, channels: number): X;
  connect(x: X, linear: Linear): X;
  activate(x: X): X;
  /** `step` of x, which nothing else needs: its memory may be given back. */
  advance(x: X, step: (x: X) => X): X;
};

/** The stages that learn: all, the last, or none. */
function trainedStages({ stages }: DenseNet, part: TrainedPart): readonly Stage[] {
  return { all: stages, tail: stages.slice(-1), head: [] }[part];
}

/** Every layer that learns; what lies before them is not part of the graph, so that nothing can move it. */
export function listTrainedLayers(network: DenseNet, part: TrainedPart): Layer[] {
  if (part === 'all') return listLayers(network);
  if (part === 'head') return [...network.head];
  const blocks = trainedStages(network, part).flatMap(({ layers }) =>
    layers.flatMap(({ norm1, conv1, norm2, conv2 }) => [norm1, conv1, norm2, conv2]),
  );
  return [...blocks, network.lastNorm, ...network.head];
}

/** Shape of one film's input: normalised film, what goes into the last block, or pooled features. −1 is free. */
export function inputShape(network: DenseNet, part: TrainedPart): readonly number[] {
  const last = network.stages.at(-1)?.layers[0]?.norm1.channels ?? 0;
  return { all: [-1, -1, network.inputChannels], tail: [-1, -1, last], head: [network.lastNorm.channels] }[part];
}

/** That of all films; films and maps are square. */
export function batchShape(network: DenseNet, part: TrainedPart, numbers: number, count: number): number[] {
  const shape = inputShape(network, part);
  const side = Math.sqrt(numbers / count / (shape.at(-1) ?? 0));
  return [count, ...shape.map((length) => (length === -1 ? side : length))];
}

function writeDenseLayer<X>(layers: LayerWriter<X>, x: X, { norm1, conv1, norm2, conv2 }: DenseLayer): X {
  const between = layers.convolve(layers.normAndActivate(x, norm1), conv1);
  const grown = layers.convolve(layers.normAndActivate(between, norm2), conv2);
  return layers.concatenate(x, norm1.channels, grown);
}

/** As in inference, a transition pools before it convolves: both are linear, and a quarter of the work is left. */
function writeStage<X>(layers: LayerWriter<X>, input: X, stage: Stage): X {
  const x = stage.layers.reduce(
    (before, layer) => layers.advance(before, (each) => writeDenseLayer(layers, each, layer)),
    input,
  );
  if (stage.transition === null) return x;
  const { norm, conv, pool } = stage.transition;
  return layers.advance(x, (each) =>
    layers.convolve(layers.averagePool(layers.normAndActivate(each, norm), pool), conv),
  );
}

function writeStem<X>(layers: LayerWriter<X>, film: X, { stem }: DenseNet): X {
  return layers.advance(film, (x) =>
    layers.maxPool(layers.normAndActivate(layers.convolve(x, stem.conv), stem.norm), stem.pool),
  );
}

function writeStages<X>(layers: LayerWriter<X>, input: X, stages: readonly Stage[]): X {
  return stages.reduce((x, stage) => writeStage(layers, x, stage), input);
}

function pool<X>(layers: LayerWriter<X>, x: X, { lastNorm }: DenseNet): X {
  return layers.advance(x, (each) => layers.averagePlaces(layers.normAndActivate(each, lastNorm), lastNorm.channels));
}

/** From a film to what a part that learns takes in its place. */
export function writeTrunk<X>(layers: LayerWriter<X>, film: X, network: DenseNet, part: 'tail' | 'head'): X {
  const stem = writeStem(layers, film, network);
  if (part === 'tail') return writeStages(layers, stem, network.stages.slice(0, -1));
  return pool(layers, writeStages(layers, stem, network.stages), network);
}

function writeFeatures<X>(layers: LayerWriter<X>, input: X, network: DenseNet, part: 'all' | 'tail'): X {
  const x = part === 'all' ? writeStem(layers, input, network) : input;
  return pool(layers, writeStages(layers, x, trainedStages(network, part)), network);
}

/** From the part's input to logits [n,findings]. */
export function writeNetwork<X>(layers: LayerWriter<X>, input: X, network: DenseNet, part: TrainedPart): X {
  const pooled = part === 'head' ? input : writeFeatures(layers, input, network, part);
  const [first, ...rest] = network.head as readonly [Linear, ...Linear[]];
  return rest.reduce((x, layer) => layers.connect(layers.activate(x), layer), layers.connect(pooled, first));
}
