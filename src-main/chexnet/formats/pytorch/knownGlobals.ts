/**
 * The names that a pickle may mention, and what each becomes. Python would import and call them; here each is a
 * function of ours over plain data. Whatever is not in these tables is refused by its name.
 */
import {
  invalid,
  isThing,
  STORAGE_TYPES,
  type Pickled,
  type PickledMap,
  type PickledRecord,
  type PickledTensor,
} from './pickleValues';

/** Modules that were saved whole, as jrzech's checkpoint and TorchXRayVision's weights were, and a run's options: kept as records. */
const RECORD_CLASSES = [
  /^torch\.nn\.modules\.[a-z_]+\.[A-Za-z0-9_]+$/,
  /^torch\.nn\.parallel\.data_parallel\.DataParallel$/,
  /^torchvision\.models\.densenet\._?[A-Za-z]+$/,
  /^torchxrayvision\.models\._?[A-Za-z]+$/,
  /^numpy\.(?:dtype|ndarray)$/,
  /^argparse\.Namespace$/,
  /^torch\.(?:b?float|u?int|bool|complex)\d*$/,
];

/** What lies beside the weights, like the figures of each epoch, or an attribute of old modules: built, never read. */
const UNREAD = new Set([
  'numpy.core.multiarray.scalar',
  'numpy._core.multiarray.scalar',
  'numpy.core.multiarray._reconstruct',
  'numpy._core.multiarray._reconstruct',
  '_codecs.encode',
  'torch.nn.backends.thnn._get_thnn_function_backend',
]);

function isRecordClass(name: string): boolean {
  return RECORD_CLASSES.some((pattern) => pattern.test(name));
}

export function isKnownGlobal(name: string): boolean {
  return CONSTRUCTORS.has(name) || STORAGE_TYPES.has(name) || UNREAD.has(name) || isRecordClass(name);
}

/** The value of `name(...given)`, for the few names for which that is plain data. Throws `model/invalid`. */
export function construct(name: string, given: readonly Pickled[]): Pickled {
  const make = CONSTRUCTORS.get(name);
  if (make !== undefined) return make(given);
  if (UNREAD.has(name) || isRecordClass(name)) return newRecord(name);
  throw invalid(`it wants to call ${name}, which is refused.`);
}

function newRecord(name: string): PickledRecord {
  return { kind: 'record', name, attributes: new Map() };
}

const CONSTRUCTORS: ReadonlyMap<string, (given: readonly Pickled[]) => Pickled> = new Map([
  ['collections.OrderedDict', orderedDict],
  ['torch._utils._rebuild_tensor', rebuildTensor],
  ['torch._utils._rebuild_tensor_v2', rebuildTensor],
  // The parameter of a module is its tensor; the rest says whether it was trained.
  ['torch._utils._rebuild_parameter', ([tensor = null]: readonly Pickled[]) => tensor],
  ['torch.nn.parameter.Parameter', ([tensor = null]: readonly Pickled[]) => tensor],
  ['torch.Size', ([sizes = null]: readonly Pickled[]) => sizes],
  ['torch.device', () => null],
  ['builtins.set', ([members = []]: readonly Pickled[]) => members],
  ['__builtin__.set', ([members = []]: readonly Pickled[]) => members],
]);

function orderedDict([pairs = []]: readonly Pickled[]): PickledMap {
  if (!Array.isArray(pairs)) throw invalid('an ordered dictionary is made of something else than pairs.');
  const map: PickledMap = new Map();
  for (const pair of pairs) {
    const [key = null, value = null] = Array.isArray(pair) ? pair : [];
    map.set(key, value);
  }
  return map;
}

function isCounts(value: Pickled | undefined): value is number[] {
  return Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && Number(one) >= 0);
}

function rebuildTensor([storage, offset, shape, strides]: readonly Pickled[]): PickledTensor {
  if (!isThing(storage, 'storage') || !isCounts([offset ?? null]) || !isCounts(shape) || !isCounts(strides)) {
    throw invalid('a tensor is not described by a storage, its place, its shape and its strides.');
  }
  if (shape.length !== strides.length) throw invalid('a tensor has other strides than sides.');
  const tensor = { kind: 'tensor', storage, offset: Number(offset), shape: [...shape], strides: [...strides] } as const;
  const count = shape.reduce((product, side) => product * side, 1);
  const last = shape.reduce((at, side, i) => at + (side - 1) * strides[i]!, tensor.offset);
  // Strides of zero would let a few bytes claim all memory.
  if (count > 0 && (last >= storage.length || count > storage.length)) {
    throw invalid('a tensor reaches beyond its storage.');
  }
  return tensor;
}
