/**
 * Weights of keras.applications' DenseNet-121 by torchvision's names and in its layout: filters [size,size,in,out]
 * become [out,in,size,size], dense kernels [in,out] become [out,in].
 *
 * Keras names a weight in two ways. Until Keras 2.13, and in `.h5` of a whole model, its path ends in the layer's own
 * name (`conv2_block1_0_bn/gamma:0`). Since then it ends in the count of layers of that class (`conv2d_17/vars/0`), in
 * the order of the network.
 */
import { listLayers, type DenseNet, type Layer } from '../../network/densenet121';
import type { StoredTensor, StoredWeights } from '../storedWeights';
import { invalidHdf5 } from './hdf5';

/** By the name of the layer that Keras gives it; `conv1/conv` before Keras 3. */
const LAYER_NAMES: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\/)conv1[/_]conv$/, 'features.conv0'],
  [/(?:^|\/)conv1[/_]bn$/, 'features.norm0'],
  [/(?:^|\/)conv(\d)_block(\d+)_0_bn$/, 'features.denseblock$1.denselayer$2.norm1'],
  [/(?:^|\/)conv(\d)_block(\d+)_1_conv$/, 'features.denseblock$1.denselayer$2.conv1'],
  [/(?:^|\/)conv(\d)_block(\d+)_1_bn$/, 'features.denseblock$1.denselayer$2.norm2'],
  [/(?:^|\/)conv(\d)_block(\d+)_2_conv$/, 'features.denseblock$1.denselayer$2.conv2'],
  [/(?:^|\/)pool(\d)_bn$/, 'features.transition$1.norm'],
  [/(?:^|\/)pool(\d)_conv$/, 'features.transition$1.conv'],
  [/(?:^|\/)bn$/, 'features.norm5'],
];

const VARIABLE = /^(.*)\/(kernel|bias|gamma|beta|moving_mean|moving_variance)(?::0)?$/;
const COUNTED = /^(.*\/)?(conv2d|batch_normalization|dense)(?:_(\d+))?\/vars\/(\d)$/;
/** In the order in which Keras keeps them. */
const COUNTED_VARIABLES: Readonly<Record<string, readonly string[]>> = {
  conv2d: ['kernel'],
  batch_normalization: ['gamma', 'beta', 'moving_mean', 'moving_variance'],
  dense: ['kernel', 'bias'],
};
const KINDS: Readonly<Record<string, Layer['kind']>> = { conv2d: 'convolution', batch_normalization: 'norm' };
const SUFFIXES: Readonly<Record<string, string>> = {
  ...{ kernel: 'weight', bias: 'bias', gamma: 'weight', beta: 'bias' },
  ...{ moving_mean: 'running_mean', moving_variance: 'running_var' },
};

type Variable = { readonly layer: string; readonly variable: string; readonly tensor: StoredTensor };

/** What is no weight of the network keeps its path, so that it is reported by that. Throws `model/invalid`. */
export function nameKerasWeights(datasets: StoredWeights, network: DenseNet): StoredWeights {
  const variables = [...datasets].map(([path, tensor]) => describeVariable(path, tensor, network));
  const heads = nameHead(variables.filter(({ layer }) => layer.startsWith(HEAD)));
  const named = new Map<string, StoredTensor>();
  for (const { layer, variable, tensor } of variables) {
    const name = `${heads.get(layer) ?? layer}${variable === '' ? '' : `.${SUFFIXES[variable] ?? variable}`}`;
    if (named.has(name)) throw invalidHdf5(`it has two of ${name}.`);
    named.set(name, variable === 'kernel' ? asInTorch(tensor) : tensor);
  }
  return named;
}

/** Before the path of a dense layer, until its place in the head is known. */
const HEAD = 'head:';

function describeVariable(path: string, tensor: StoredTensor, network: DenseNet): Variable {
  const [, folder = '', kind, count = '0', place = '0'] = COUNTED.exec(path) ?? [];
  if (kind !== undefined) {
    const variable = COUNTED_VARIABLES[kind]?.[Number(place)] ?? place;
    if (kind === 'dense') return { layer: `${HEAD}${folder}${count.padStart(9, '0')}`, variable, tensor };
    const layers = listLayers(network).filter((layer) => layer.kind === KINDS[kind]);
    return { layer: layers[Number(count)]?.name ?? path, variable, tensor };
  }
  const [, folderPath, variable] = VARIABLE.exec(path) ?? [];
  if (folderPath === undefined || variable === undefined) return { layer: path, variable: '', tensor };
  const known = LAYER_NAMES.find(([pattern]) => pattern.test(folderPath));
  if (known === undefined) return { layer: `${HEAD}${folderPath}`, variable, tensor };
  const [pattern, name] = known;
  const torch = (pattern.exec(folderPath)?.[0] ?? '').replace(pattern, name);
  // Keras counts its stem as the first block of convolutions.
  return {
    layer: torch.replace(/(?<=denseblock|transition)\d/, (digit) => String(Number(digit) - 1)),
    variable,
    tensor,
  };
}

/** Dense layers → `classifier`, or `classifier.0` and `classifier.2`: the one whose outputs are the other's inputs. */
function nameHead(variables: readonly Variable[]): Map<string, string> {
  const kernels = variables.filter(({ variable, tensor }) => variable === 'kernel' && tensor.shape.length === 2);
  if (kernels.length === 1) return new Map([[kernels[0]!.layer, 'classifier']]);
  if (kernels.length !== 2) throw invalidHdf5(`its head has ${kernels.length} dense layers; CheXNet's has one or two.`);
  // Where both fit, as two of 1024 by 1024 would, their names count them.
  const [first, second] = kernels.toSorted((a, b) => (a.layer < b.layer ? -1 : 1)) as [Variable, Variable];
  const inOrder = first.tensor.shape[1] === second.tensor.shape[0];
  const [hidden, last] = inOrder ? [first, second] : [second, first];
  return new Map([
    [hidden.layer, 'classifier.0'],
    [last.layer, 'classifier.2'],
  ]);
}

/** The last two axes first, the last one before the other. */
function asInTorch({ shape, read }: StoredTensor): StoredTensor {
  const [outputs = 1, inputs = 1] = [shape.at(-1), shape.at(-2)];
  const area = shape.slice(0, -2);
  const taps = area.reduce((product, side) => product * side, 1);
  return {
    shape: [outputs, inputs, ...area],
    read: () => {
      const source = read();
      const result = new Float32Array(source.length);
      let from = 0;
      for (let tap = 0; tap < taps; tap++) {
        for (let input = 0; input < inputs; input++) {
          for (let output = 0; output < outputs; output++) {
            result[(output * inputs + input) * taps + tap] = source[from++]!;
          }
        }
      }
      return result;
    },
  };
}
