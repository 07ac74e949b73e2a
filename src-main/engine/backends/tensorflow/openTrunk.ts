/** The frozen layers before a tail or a head, on native TensorFlow. */
import { describeTrunk, TRUNK, type TrunkOptions } from '#main/chexnet/network/graph/trunkGraph';
import type { Weights } from '#main/chexnet/network/weights';
import type { Trunk } from '#main/chexnet/training/stepper';
import type { TensorflowBinding } from './binding';
import { loadGraph } from './loadedGraph';

/** `weights` have passed `checkWeights`; later changes of them do not reach the trunk. */
export function openTrunk(binding: TensorflowBinding, weights: Weights, options: TrunkOptions): Trunk {
  const { inputChannels } = options.network;
  const graph = loadGraph(binding, describeTrunk(weights, options));
  return {
    embed: (films, count) => {
      const side = Math.sqrt(films.length / count / inputChannels);
      const film = { name: TRUNK.film, shape: [count, side, side, inputChannels], data: films };
      return graph.run([film], [TRUNK.embedded])[0]!;
    },
    dispose: () => graph.dispose(),
  };
}
