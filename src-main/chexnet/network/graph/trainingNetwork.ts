/** Which layers of a DenseNet learn, and how they follow one another. */
import type { TrainedPart } from '../../training/stepper';
import { listLayers, type DenseLayer, type DenseNet, type Layer, type Linear, type Stage } from '../densenet121';
import type { TrainingLayers } from './trainingLayers';

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

function writeDenseLayer(layers: TrainingLayers, x: string, { norm1, conv1, norm2, conv2 }: DenseLayer): string {
  const between = layers.convolve(layers.normAndActivate(x, norm1), conv1);
  const grown = layers.convolve(layers.normAndActivate(between, norm2), conv2);
  return layers.concatenate(x, norm1.channels, grown);
}

/** As in inference, a transition pools before it convolves: both are linear, and a quarter of the work is left. */
function writeStage(layers: TrainingLayers, input: string, stage: Stage): string {
  const x = stage.layers.reduce((before, layer) => writeDenseLayer(layers, before, layer), input);
  if (stage.transition === null) return x;
  const { norm, conv, pool } = stage.transition;
  return layers.convolve(layers.averagePool(layers.normAndActivate(x, norm), pool), conv);
}

function writeStem(layers: TrainingLayers, film: string, { stem }: DenseNet): string {
  return layers.maxPool(layers.normAndActivate(layers.convolve(film, stem.conv), stem.norm), stem.pool);
}

function writeStages(layers: TrainingLayers, input: string, stages: readonly Stage[]): string {
  return stages.reduce((x, stage) => writeStage(layers, x, stage), input);
}

function pool(layers: TrainingLayers, x: string, { lastNorm }: DenseNet): string {
  return layers.averagePlaces(layers.normAndActivate(x, lastNorm), lastNorm.channels);
}

/** From a film to what a part that learns takes in its place. */
export function writeTrunk(layers: TrainingLayers, film: string, network: DenseNet, part: 'tail' | 'head'): string {
  const stem = writeStem(layers, film, network);
  if (part === 'tail') return writeStages(layers, stem, network.stages.slice(0, -1));
  return pool(layers, writeStages(layers, stem, network.stages), network);
}

function writeFeatures(layers: TrainingLayers, input: string, network: DenseNet, part: 'all' | 'tail'): string {
  const x = part === 'all' ? writeStem(layers, input, network) : input;
  return pool(layers, writeStages(layers, x, trainedStages(network, part)), network);
}

/** From the part's input to logits [n,findings]. */
export function writeNetwork(layers: TrainingLayers, input: string, network: DenseNet, part: TrainedPart): string {
  const pooled = part === 'head' ? input : writeFeatures(layers, input, network, part);
  const [first, ...rest] = network.head as readonly [Linear, ...Linear[]];
  return rest.reduce((x, layer) => layers.connect(layers.activate(x), layer), layers.connect(pooled, first));
}
