/** Names of weights as torchvision gives them today, from what wrappers, older versions and people's own classes made of them. */
import { AppError } from '#main/contract/errors';
import type { StoredTensor, StoredWeights } from './storedWeights';

/** `nn.DataParallel`, `torch.compile`, FSDP; a network kept as an attribute, as arnoweng and many after him do. */
const PREFIX =
  /^(?:(?:module|_orig_mod|_fsdp_wrapped_module|model|net|network|backbone|encoder|densenet|densenet121)\.)+/;

/** Every DenseNet has one, and no tool folds it into a convolution: what stands before it is the features' own name. */
const FIRST_LAYER = /^(.*\.)?denseblock1\.denselayer1\.norm\.?1\.weight$/;

/** Before torchvision 0.2.2 a dense layer's parts were `norm.1`, `conv.2`: dots that modules may not have any more. */
const OLD_PART = /(\.denselayer\d+)\.(norm|conv)\.([12])\./;

/** Of training, beside each batch norm: no weight. */
export const STEP_COUNT = /(?:^|\.)num_batches_tracked$/;
/** Beside the network: TorchXRayVision's operating points, the weights of a loss, the count of an average of weights. */
const NO_WEIGHT = /(?:^|\.)(?:num_batches_tracked|op_threshs|pos_weight|n_averaged)$/;

/** Throws `model/invalid` where two tensors would have the same name, or the file holds several networks. */
export function nameWeights(stored: StoredWeights): StoredWeights {
  const features = nameOfFeatures([...stored.keys()]);
  // The whole network's own name, where its features are called `features` in it.
  const network = features?.endsWith('features.') === true ? features.slice(0, -'features.'.length) : '';
  const named = new Map<string, StoredTensor>();
  for (const [original, tensor] of stored) {
    if (NO_WEIGHT.test(original)) continue;
    const name = torchvisionName(original, features, network);
    if (named.has(name)) throw new AppError('model/invalid', `Two tensors of the file are both ${name}.`);
    named.set(name, tensor);
  }
  return withPlainHead(named);
}

/** What stands before the blocks: `features.`, `module.densenet121.features.`, `backbone.0.` …; null where there are none. */
function nameOfFeatures(names: readonly string[]): string | null {
  const found = names.flatMap((name) => {
    const match = FIRST_LAYER.exec(name);
    return match === null ? [] : [match[1] ?? ''];
  });
  if (found.length < 2) return found[0] ?? null;
  throw new AppError(
    'model/invalid',
    `The file holds ${found.length} networks: ${found.map((name) => name.replace(/\.$/, '')).join(', ')}. Save one of them alone.`,
  );
}

function torchvisionName(name: string, features: string | null, network: string): string {
  const inside = features !== null && name.startsWith(features);
  if (inside) return `features.${name.slice(features.length)}`.replace(OLD_PART, '$1.$2$3.');
  return network !== '' && name.startsWith(network) ? name.slice(network.length) : name.replace(PREFIX, '');
}

type LinearLayer = { readonly name: string; readonly inputs: number; readonly outputs: number };

/**
 * One linear layer behind the features, or two of which one gives what the other takes, whatever they are called:
 * `classifier.1` behind a dropout, `fc`, `head.0` and `head.3`. They become `classifier`, or `classifier.0` and `.2`.
 */
function withPlainHead(weights: StoredWeights): StoredWeights {
  const [first, second, ...more] = linearLayers(weights);
  if (first === undefined || more.length > 0) return weights;
  if (second === undefined) return renamed(weights, [[first, 'classifier']]);
  const isInOrder = first.outputs === second.inputs;
  if (!isInOrder && second.outputs !== first.inputs) return weights;
  return renamed(weights, [
    [isInOrder ? first : second, 'classifier.0'],
    [isInOrder ? second : first, 'classifier.2'],
  ]);
}

function linearLayers(weights: StoredWeights): LinearLayer[] {
  return [...weights].flatMap(([path, { shape }]) => {
    const [, name] = /^(?!features\.)(.+)\.weight$/.exec(path) ?? [];
    const [outputs, inputs] = shape;
    if (name === undefined || outputs === undefined || inputs === undefined || shape.length !== 2) return [];
    return weights.has(`${name}.bias`) ? [{ name, inputs, outputs }] : [];
  });
}

function renamed(weights: StoredWeights, layers: readonly (readonly [LinearLayer, string])[]): StoredWeights {
  const names = new Map<string, string>(
    layers.flatMap(([{ name }, to]) => ['weight', 'bias'].map((part) => [`${name}.${part}`, `${to}.${part}`] as const)),
  );
  return new Map([...weights].map(([name, tensor]) => [names.get(name) ?? name, tensor]));
}
