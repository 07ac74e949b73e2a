/** Weights by torchvision's names, and the check that they are those of a network. */
import { AppError } from '#main/contract/errors';
import { listParameters, type DenseNet } from './densenet121';

export type Tensor = { readonly shape: readonly number[]; readonly data: Float32Array };

export type Weights = ReadonlyMap<string, Tensor>;

/** The sentence names this many; all of them stand in the details. */
const NAMED_FAULTS = 3;

function areFinite(numbers: Float32Array): boolean {
  let sum = 0;
  // Zero times a number is zero, unless the number is infinite or none.
  for (let i = 0; i < numbers.length; i++) sum += numbers[i]! * 0;
  return sum === 0;
}

/** One sentence for each parameter that is missing, has another shape, is not finite, or has no place. */
export function weightFaults(network: DenseNet, weights: Weights): string[] {
  const parameters = listParameters(network);
  const expected = new Set(parameters.map(({ name }) => name));
  const faults = parameters.flatMap(({ name, shape }): string[] => {
    const tensor = weights.get(name);
    if (tensor === undefined) return [`${name} is missing.`];
    if (tensor.shape.join() !== shape.join()) {
      return [`${name} has the shape [${tensor.shape.join()}] instead of [${shape.join()}].`];
    }
    return areFinite(tensor.data) ? [] : [`${name} holds numbers that are not finite.`];
  });
  const extra = [...weights.keys()].filter((name) => !expected.has(name));
  return [...faults, ...extra.map((name) => `${name} has no place in the network.`)];
}

/** Throws `model/invalid`, with every fault in its details, one a line. */
export function checkWeights(network: DenseNet, weights: Weights): void {
  const faults = weightFaults(network, weights);
  if (faults.length === 0) return;
  const rest = faults.length - NAMED_FAULTS;
  const named = faults.slice(0, NAMED_FAULTS).join(' ') + (rest > 0 ? ` And ${rest} more.` : '');
  throw new AppError('model/invalid', `These weights do not fit the network: ${named}`, {
    faults: faults.join('\n'),
  });
}

/** The numbers of a parameter that `checkWeights` has seen. */
export function parameter(weights: Weights, name: string): Float32Array {
  const tensor = weights.get(name);
  if (tensor === undefined) throw new AppError('model/invalid', `${name} is missing.`);
  return tensor.data;
}
