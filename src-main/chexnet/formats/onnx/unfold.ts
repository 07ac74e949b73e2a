/**
 * PyTorch's exporter folds a batch norm into the convolution before it, where nobody forbids it: then that convolution
 * has a bias and lost its name, and its norm is gone. Convolutions come in the order of the network, so that each is
 * known by its place; its norm becomes one that only adds the bias.
 */
import type { Convolution, DenseNet, Norm } from '../../network/densenet121';
import type { StoredTensor } from '../storedWeights';

/** Names of a Conv node's inputs behind the film: its filter, and its bias where it has one. */
export type ConvNode = { readonly filter: string; readonly bias: string | null };

/** What PyTorch's exporter calls a tensor that is none of the network's own. */
export const UNNAMED = /^(?:onnx::\w+|\d+)$/;

type Unfolded = readonly [Convolution, Norm];

/** The convolutions of the network in its order, with the norm behind where one follows at once. */
function* convolutionsOf({ stem, stages }: DenseNet): Generator<readonly [Convolution, Norm | null]> {
  yield [stem.conv, stem.norm];
  for (const { layers, transition } of stages) {
    for (const { conv1, norm2, conv2 } of layers) {
      yield [conv1, norm2];
      yield [conv2, null];
    }
    if (transition !== null) yield [transition.conv, null];
  }
}

/**
 * Adds what was folded away to `weights`. False where nothing was folded, or where the graph's convolutions are not
 * those of the network: what is missing then is named like anything else that is.
 */
export function unfoldNorms(
  weights: Map<string, StoredTensor>,
  nodes: readonly ConvNode[],
  network: DenseNet,
  epsilon: number,
): boolean {
  const convolutions = [...convolutionsOf(network)];
  if (convolutions.length !== nodes.length) return false;
  const folded = convolutions.flatMap(([conv, norm], place): { readonly of: Unfolded; readonly node: ConvNode }[] => {
    const node = nodes[place]!;
    return norm === null || node.bias === null ? [] : [{ of: [conv, norm], node }];
  });
  const own = new Set(folded.flatMap(({ of, node }) => unfold(weights, of, node, epsilon)));
  // Equal tensors may be in the file once: none goes before all have been taken.
  for (const { filter, bias } of own.size === 0 ? [] : folded.map(({ node }) => node)) {
    for (const name of [filter, bias ?? '']) if (!own.has(name)) weights.delete(name);
  }
  return folded.length > 0;
}

/** The names that it has given. */
function unfold(weights: Map<string, StoredTensor>, [conv, norm]: Unfolded, node: ConvNode, epsilon: number): string[] {
  const [filter, bias] = [weights.get(node.filter), weights.get(node.bias ?? '')];
  if (filter === undefined || bias === undefined) return [];
  const all = (value: number): StoredTensor => ({
    shape: [norm.channels],
    read: () => new Float32Array(norm.channels).fill(value),
  });
  const parts = { weight: all(1), bias, running_mean: all(0), running_var: all(1 - epsilon) };
  const named: readonly (readonly [string, StoredTensor])[] = [
    [`${conv.name}.weight`, filter],
    ...Object.entries(parts).map(([part, tensor]) => [`${norm.name}.${part}`, tensor] as const),
  ];
  for (const [name, tensor] of named) weights.set(name, tensor);
  return named.map(([name]) => name);
}
