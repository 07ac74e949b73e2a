/** A model file of any origin that we know, told by its first bytes and not by its name. */
import { AppError } from '#main/contract/errors';
import {
  describeDenseNet,
  listParameters,
  type DenseNet,
  type DenseNetSize,
  type NetworkOptions,
} from '../network/densenet121';
import { checkWeights, type Tensor, type Weights } from '../network/weights';
import { nameWeights } from './nameWeights';
import { isHdf5File } from './keras/hdf5';
import { isKerasArchive, readKerasArchive, readKerasHdf5 } from './keras/readKeras';
import { isOnnxFile, readOnnx } from './onnx/readOnnx';
import { isLegacyPytorch, readLegacyPytorch, readPytorchArchive } from './pytorch/readPytorch';
import { isStoredZip, readStoredZip } from './readStoredZip';
import { readSafetensors } from './safetensors';
import type { ModelFile, StoredWeights } from './storedWeights';

/** Keras counts its layers in the order of the network, and so must be told which one that is. */
type Reader = (file: Uint8Array, network: DenseNet) => ModelFile;

/** [format, sign that a file is of it, its reader]. Safetensors starts with a length, and its JSON opens at byte 8. */
const READERS: readonly (readonly [(file: Uint8Array) => boolean, Reader])[] = [
  [(file) => file[8] === 0x7b, readSafetensorsModel],
  [isStoredZip, readArchive],
  [isLegacyPytorch, readLegacyPytorch],
  [isHdf5File, readKerasHdf5],
  [isOnnxFile, readOnnx],
];

const KNOWN_BUT_UNREAD: readonly (readonly [string, number, string])[] = [
  ['\u001f\u008b', 0, 'A file that gzip has packed can not be read: unpack it first.'],
  ['{', 0, 'This file describes a model and holds no weights: name the one that holds them.'],
  ['ustar', 257, 'A tar archive can not be read; load it in PyTorch and save it again.'],
];

/** For the names of its layers, which are the same whatever it takes in and gives out. */
const ANY_OPTIONS: NetworkOptions = { inputChannels: 3, findings: 1, head: 'linear' };

/**
 * Throws `model/unsupported` where the format is not known, `model/invalid` where the file is damaged or hostile.
 * `size` is for small networks in tests.
 */
export function readModelFile(file: Uint8Array, size?: DenseNetSize): ModelFile {
  const reader = READERS.find(([isOfFormat]) => isOfFormat(file));
  if (reader !== undefined) return reader[1](file, describeDenseNet(ANY_OPTIONS, size));
  const known = KNOWN_BUT_UNREAD.find(([sign, at]) => [...sign].every((c, i) => file[at + i] === c.charCodeAt(0)));
  throw new AppError(
    'model/unsupported',
    known?.[2] ?? 'This file is neither safetensors nor PyTorch, Keras or ONNX, by its first bytes.',
  );
}

function readArchive(file: Uint8Array, network: DenseNet): ModelFile {
  const entries = readStoredZip(file);
  return isKerasArchive(entries) ? readKerasArchive(entries, network) : readPytorchArchive(entries);
}

function readSafetensorsModel(file: Uint8Array): ModelFile {
  const { weights, metadata } = readSafetensors(file);
  const stored: StoredWeights = new Map(
    [...weights].map(([name, { shape, data }]) => [name, { shape, read: () => data }]),
  );
  return { format: 'safetensors', weights: stored, batchNormEpsilon: null, metadata };
}

/** What tools that optimise a graph do where nobody forbids it. */
const FOLDED =
  ' Its batch norms may have been folded away: torch.onnx.export(…, training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False) keeps them.';

/** What the shapes say of the network. */
function networkOptions(weights: StoredWeights, format: string): NetworkOptions {
  const first = weights.get('features.conv0.weight');
  const head = weights.has('classifier.2.weight') ? 'dense1024' : 'linear';
  const last = weights.get(head === 'linear' ? 'classifier.weight' : 'classifier.2.weight');
  const missing = [
    ...(first === undefined ? ['features.conv0.weight is missing.'] : []),
    ...(last === undefined ? ['classifier.weight is missing.'] : []),
  ];
  if (missing.length > 0) {
    const advice = format === 'ONNX' ? FOLDED : '';
    throw new AppError(
      'model/invalid',
      `This is not a DenseNet-121 by torchvision's names: ${missing.join(' ')}${advice}`,
      {
        faults: missing.join('\n'),
        found: [...weights.keys()].slice(0, 10).join('\n'),
      },
    );
  }
  return { inputChannels: first?.shape[1] ?? 0, findings: last?.shape[0] ?? 0, head };
}

/**
 * The weights in torchvision's names and order, and the network that they are of. Throws `model/invalid`, each
 * missing, extra, misshapen or infinite one a line of its details. `keepsHead` false: a network without outputs, of a
 * file with or without a head. `size` is for small networks in tests.
 */
export function fitWeights(
  file: ModelFile,
  { size, keepsHead = true }: { readonly size?: DenseNetSize | undefined; readonly keepsHead?: boolean } = {},
): { readonly network: NetworkOptions; readonly weights: Weights } {
  const whole = nameWeights(file.weights);
  const named = keepsHead ? whole : withoutHead(whole);
  const options = networkOptions(named, file.format);
  const network = describeDenseNet(options, size);
  const shapes = new Map(listParameters(network).map(({ name, shape }) => [name, shape.join()]));
  const weights = new Map<string, Tensor>();
  for (const [name, { shape, read }] of named) {
    // Only what fits is read: what a file describes may be larger than all memory.
    weights.set(name, { shape, data: shapes.get(name) === shape.join() ? read() : new Float32Array(0) });
  }
  checkWeights(network, weights);
  return { network: options, weights: new Map([...shapes.keys()].map((name) => [name, weights.get(name)!])) };
}

function withoutHead(weights: StoredWeights): StoredWeights {
  const width = weights.get('features.norm5.weight')?.shape[0] ?? 0;
  const nothing = (shape: readonly number[]) => ({ shape, read: () => new Float32Array(0) });
  return new Map([
    ...[...weights].filter(([name]) => !name.startsWith('classifier')),
    ['classifier.weight', nothing([0, width])],
    ['classifier.bias', nothing([0])],
  ]);
}
