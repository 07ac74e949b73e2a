/** Names of weights as torchvision gives them today, from what wrappers and older versions made of them. */
import { AppError } from '#main/contract/errors';
import type { StoredTensor, StoredWeights } from './storedWeights';

/** `nn.DataParallel`, `torch.compile`; a network kept as an attribute, as arnoweng and many after him do. */
const PREFIX = /^(?:(?:module|_orig_mod|model|net|network|backbone|encoder|densenet|densenet121)\.)+/;

/** Before torchvision 0.2.2 a dense layer's parts were `norm.1`, `conv.2`: dots that modules may not have any more. */
const OLD_PART = /(\.denselayer\d+)\.(norm|conv)\.([12])\./;

/** Of training, beside each batch norm: no weight. */
export const STEP_COUNT = /(?:^|\.)num_batches_tracked$/;
const OPERATING_POINTS = /(?:^|\.)op_threshs$/;

function torchvisionName(name: string): string {
  return name.replace(PREFIX, '').replace(OLD_PART, '$1.$2$3.');
}

/** Throws `model/invalid` where two tensors would have the same name. */
export function nameWeights(stored: StoredWeights): StoredWeights {
  const named = new Map<string, StoredTensor>();
  for (const [original, tensor] of stored) {
    const name = torchvisionName(original);
    if (STEP_COUNT.test(name) || OPERATING_POINTS.test(name)) continue;
    if (named.has(name)) throw new AppError('model/invalid', `Two tensors of the file are both ${name}.`);
    named.set(name, tensor);
  }
  return withPlainHead(named);
}

const HEAD_LAYER = /^classifier\.(\d+)\./;

/** `nn.Sequential(nn.Dropout(…), nn.Linear(…), nn.Sigmoid())`: one linear layer, wherever it stands. */
function withPlainHead(weights: StoredWeights): StoredWeights {
  const layers = new Set([...weights.keys()].flatMap((name) => HEAD_LAYER.exec(name)?.[1] ?? []));
  if (layers.size !== 1) return weights;
  return new Map([...weights].map(([name, tensor]) => [name.replace(HEAD_LAYER, 'classifier.'), tensor]));
}
