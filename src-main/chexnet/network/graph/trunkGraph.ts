/** The layers before a tail or a head as a graph with constant weights: they run as in inference, and never change. */
import type { DenseNet } from '../densenet121';
import type { Tensor, Weights } from '../weights';
import type { SavedModel } from './savedModel';
import { TrainingLayers } from './trainingLayers';
import { writeTrunk } from '../trainingNetwork';
import { writeConstant } from './trainingVariables';
import { TrainingWriter } from './trainingWriter';

/** Names of what is fed and fetched. */
export const TRUNK = { film: 'film', embedded: 'embedded' } as const;

export type TrunkOptions = {
  readonly network: DenseNet;
  readonly batchNormEpsilon: number;
  readonly part: 'tail' | 'head';
};

/** Normalised films [n,rows,columns,channels] → [n,rows/32,columns/32,channels] for a tail, [n,channels] for a head. */
export function describeTrunk(weights: Weights, { network, batchNormEpsilon, part }: TrunkOptions): SavedModel {
  const writer = new TrainingWriter();
  const film = { name: TRUNK.film, shape: [-1, -1, -1, network.inputChannels] };
  writer.placeholder(film.name, film.shape);
  const read = (name: string): string => writeConstant(writer, weights.get(name) as Tensor);
  const layers = new TrainingLayers({ writer, read, epsilon: batchNormEpsilon, recompute: false }, null);
  writer.after(writeTrunk(layers, TRUNK.film, network, part), [], TRUNK.embedded);
  const channels = network.lastNorm.channels;
  const outputs = [{ name: TRUNK.embedded, shape: part === 'tail' ? [-1, -1, -1, -1] : [-1, channels] }];
  return { nodes: writer.nodes, signatures: { serving_default: { inputs: [film], outputs } } };
}
