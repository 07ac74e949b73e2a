/** The frozen layers before a tail or a head, on the TF.js backend that is current. */
import { listLayers, layerParameters } from '../network/densenet121';
import { EagerInference, type ReadParameter } from '../network/eager/eagerInference';
import { innerShape, turnInwards } from '../network/tensorLayout';
import * as tf from '../network/tf';
import { writeTrunk } from '../network/trainingNetwork';
import { parameter, type Weights } from '../network/weights';
import type { StepperOptions, Trunk } from './stepper';

export type TrunkOptions = Pick<StepperOptions, 'network' | 'batchNormEpsilon'> & { readonly part: 'tail' | 'head' };

/** `weights` have passed `checkWeights`; later changes of them do not reach the trunk. */
export function openEagerTrunk(weights: Weights, { network, batchNormEpsilon, part }: TrunkOptions): Trunk {
  const tensors = new Map(
    listLayers(network)
      .flatMap(layerParameters)
      .map(({ name, shape }) => {
        const tensor = tf.tensor(turnInwards(parameter(weights, name), shape), [...innerShape(shape)]);
        return [name, tensor];
      }),
  );
  const read: ReadParameter = <T extends tf.Tensor>(name: string) => tensors.get(name) as T;
  const layers = new EagerInference(read, batchNormEpsilon);
  return {
    embed: (films, count) => {
      const side = Math.sqrt(films.length / count / network.inputChannels);
      const input = tf.tensor(films, [count, side, side, network.inputChannels]);
      const embedded = tf.tidy(() => writeTrunk(layers, input, network, part));
      const numbers = embedded.dataSync<'float32'>();
      embedded.dispose();
      return numbers;
    },
    dispose: () => tf.dispose([...tensors.values()]),
  };
}
