/** Names of weights as torchvision gives them today, from what wrappers and older versions made of them. */
import { AppError } from '#main/contract/errors';
import type { StoredTensor, StoredWeights } from './storedWeights';

/** `nn.DataParallel`; a network kept as an attribute, as arnoweng and many after him do. */
const PREFIX = /^(?:module\.|model\.|net\.|densenet121\.)+/;

/** Before torchvision 0.2.2 a dense layer's parts were `norm.1`, `conv.2`: dots that modules may not have any more. */
const OLD_PART = /(\.denselayer\d+)\.(norm|conv)\.([12])\./;

/** Counts of training steps, and TorchXRayVision's operating points: no weights. */
const NO_WEIGHT = /(?:^|\.)(?:num_batches_tracked|op_threshs)$/;

function torchvisionName(name: string): string {
  return name.replace(PREFIX, '').replace(OLD_PART, '$1.$2$3.');
}

/** Throws `model/invalid` where two tensors would have the same name. */
export function nameWeights(stored: StoredWeights): StoredWeights {
  const named = new Map<string, StoredTensor>();
  for (const [original, tensor] of stored) {
    const name = torchvisionName(original);
    if (NO_WEIGHT.test(name)) continue;
    if (named.has(name)) throw new AppError('model/invalid', `Two tensors of the file are both ${name}.`);
    named.set(name, tensor);
  }
  return withPlainHead(named);
}

/** `nn.Sequential(nn.Linear(…), nn.Sigmoid())`: a linear head that is called `classifier.0`. */
function withPlainHead(weights: StoredWeights): StoredWeights {
  if ([...weights.keys()].some((name) => /^classifier\.[1-9]/.test(name))) return weights;
  return new Map([...weights].map(([name, tensor]) => [name.replace(/^classifier\.0\./, 'classifier.'), tensor]));
}
