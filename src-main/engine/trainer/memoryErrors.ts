/** What does not fit into memory, as a code: whoever started the run then tries it with less. */
import { AppError } from '#main/contract/errors';
import { isOutOfMemory } from '#main/engine/backends/tensorflow/isOutOfMemory';
import type { OpenedNetwork, SizedTrunk } from './openNetwork';

function orTooLarge<Value>(work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    if (!isOutOfMemory(error)) throw error;
    throw new AppError('engine/out-of-memory', 'Memory does not suffice for this batch.', {}, error);
  }
}

export function withMemoryErrors(opened: OpenedNetwork): OpenedNetwork {
  const { stepper, trunk } = opened;
  return {
    ...opened,
    stepper: {
      train: (batch, rates) => orTooLarge(() => stepper.train(batch, rates)),
      evaluate: (inputs, count) => orTooLarge(() => stepper.evaluate(inputs, count)),
      save: () => stepper.save(),
      load: (state) => stepper.load(state),
      dispose: () => stepper.dispose(),
    },
    trunk: trunk === null ? null : withEmbedErrors(trunk),
  };
}

function withEmbedErrors(trunk: SizedTrunk): SizedTrunk {
  return {
    size: trunk.size,
    embed: (films, count) => orTooLarge(() => trunk.embed(films, count)),
    dispose: () => trunk.dispose(),
  };
}
