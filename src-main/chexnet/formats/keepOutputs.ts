/** Leaves the outputs of a network out that mean nothing, by cutting their rows out of its last layer. */
import type { NetworkOptions } from '../network/densenet121';
import type { Tensor, Weights } from '../network/weights';

export type FittedWeights = { readonly network: NetworkOptions; readonly weights: Weights };

/** `outputs` has an entry for each of the network's; those that are null are left out. */
export function keepOutputs({ network, weights }: FittedWeights, outputs: readonly (string | null)[]): FittedWeights {
  const keeps = outputs.map((output) => output !== null);
  const layer = network.head === 'linear' ? 'classifier' : 'classifier.2';
  const kept = new Map(weights);
  for (const name of [`${layer}.weight`, `${layer}.bias`]) {
    const tensor = weights.get(name);
    if (tensor !== undefined) kept.set(name, keepRows(tensor, keeps));
  }
  return { network: { ...network, findings: keeps.filter(Boolean).length }, weights: kept };
}

function keepRows({ shape, data }: Tensor, keeps: readonly boolean[]): Tensor {
  const length = data.length / keeps.length;
  const rows = keeps.flatMap((keep, row) => (keep ? [data.subarray(row * length, (row + 1) * length)] : []));
  const result = new Float32Array(rows.length * length);
  rows.forEach((row, index) => result.set(row, index * length));
  return { shape: [rows.length, ...shape.slice(1)], data: result };
}
